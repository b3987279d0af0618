# The bot as Python sees it: one device that carries calls, sleep and results, and the built-ins made from their
# descriptions, with real signatures and docstrings.
import datetime as _dt
import keyword as _keyword
import os as _os
import types as _ty

_write, _read = _os.write, _os.read
_DEVICE = 3


class BuiltinError(Exception):
    """What a built-in could not do. `code` is stable, `message` and `hint` are for people."""

    code = 'builtin.error'
    hint = None

    def __init__(self, message='', code=None, hint=None):
        Exception.__init__(self, message)
        self.message = message
        if code is not None:
            self.code = code
        if hint is not None:
            self.hint = hint


def _take():
    """What the device holds for us, whole."""
    size = int(_read(_DEVICE, 12))
    parts = []
    while size > 0:
        part = _read(_DEVICE, size)
        if not part:
            raise OSError('the answer was cut short')
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b''.join(parts)


def _put(kind, body):
    _write(_DEVICE, kind + body)


def _call_host(name, args, exceptions):
    body = _dumps({'name': name, 'args': to_json(args, name, 64, set())})
    _put(b'C', body.encode('utf-8'))
    answer = _loads(_take().decode('utf-8'))
    if 'ok' in answer:
        return answer['ok']
    fault = answer['error']
    kind = exceptions.get(fault['code'], BuiltinError)
    raise kind(fault['message'], fault['code'], fault.get('hint'))


def _function(spec, exceptions):
    name = spec['name'].rsplit('.', 1)[-1]
    required, parts, keywords = [], [], False
    for parameter in spec['parameters']:
        word = parameter['name']
        if not word.isidentifier() or _keyword.iskeyword(word):
            raise ValueError(f'not a parameter name: {word}')
        if parameter.get('keywordOnly') and not keywords:
            parts.append('*')
            keywords = True
        text = f'{word}: {parameter["annotation"]!r}'
        if 'default' in parameter:
            text += f' = {parameter["default"]!r}'
        parts.append(text)
        required.append(word)
    if not name.isidentifier():
        raise ValueError(f'not a function name: {name}')
    sent = ', '.join(f'{word!r}: {word}' for word in required)
    answer = f'_call({spec["name"]!r}, {{{sent}}}, _exceptions)'
    if spec.get('converts') == 'datetime':
        answer = f'_datetime({answer})'
    source = f'def {name}({", ".join(parts)}) -> {spec["returns"]!r}:\n    return {answer}\n'
    scope = {'_call': _call_host, '_exceptions': exceptions, '_datetime': _dt.datetime.fromisoformat, '__name__': 'bot'}
    exec(compile(source, '<bot>', 'exec', dont_inherit=True), scope)
    function = scope[name]
    function.__doc__ = spec['doc']
    return function


def make_builtins(specs, errors):
    """The names that author code starts with: functions, modules of functions, and exception classes."""
    exceptions, names = {}, {'BuiltinError': BuiltinError}
    for error in errors:
        kind = type(error['exception'], (BuiltinError,), {'__doc__': error['doc'], '__module__': 'builtins', 'code': error['code']})
        exceptions[error['code']] = names[error['exception']] = kind
    BuiltinError.__module__ = 'builtins'
    for spec in specs:
        path, _, name = spec['name'].rpartition('.')
        function = _function(spec, exceptions)
        if not path:
            names[name] = function
            continue
        if path not in names:
            names[path] = _ty.ModuleType(path, f'Built-ins of the bot: {path}')
            names[path].__all__ = []
        function.__qualname__ = spec['name']
        function.__module__ = path
        setattr(names[path], name, function)
        names[path].__all__.append(name)
    return names
