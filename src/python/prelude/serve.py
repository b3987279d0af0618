# The interpreter's side of a run: takes the request from the device, runs the author's code, hands the result back.
# Called by the child between two moments of rest; nothing of a run may outlive it.
import asyncio as _aio
import builtins as _builtins
import collections as _collections
import gc as _gc
import io as _io
import marshal as _marshal
import random as _random
import struct as _struct
import sys as _sys
import time as _time
import traceback as _traceback

_monitoring = _sys.monitoring
_TOOL = 4
_BLOCKED = (
    'js', 'pyodide_js', 'pyodide', '_pyodide', '_pyodide_core', 'pyodide_py', 'micropip', 'ctypes', '_ctypes', 'socket',
    '_socket', 'ssl', '_ssl', 'subprocess', '_posixsubprocess', 'multiprocessing', '_multiprocessing', 'webbrowser',
    'socketserver', 'asyncio.subprocess', '_testcapi', '_testinternalcapi', '_remote_debugging', 'fcntl', 'termios', 'pty', 'mmap', 'pip', 'ensurepip',
)
_REASON = {
    'socket': 'There is no network in here; use a built-in or an http node.',
    'ssl': 'There is no network in here; use a built-in or an http node.',
    'subprocess': 'There are no processes in here.',
    'multiprocessing': 'There are no processes in here.',
    'requests': 'There is no network in here; use a built-in or an http node.',
    'httpx': 'There is no network in here; use a built-in or an http node.',
    'aiohttp': 'There is no network in here; use a built-in or an http node.',
    'urllib3': 'There is no network in here; use a built-in or an http node.',
    'js': 'Python is kept apart from JavaScript.',
    'pyodide': 'Python is kept apart from JavaScript.',
    'pyodide_js': 'Python is kept apart from JavaScript.',
    'ctypes': 'Native code cannot be called in here.',
    'micropip': 'Packages cannot be installed while running.',
    'tzdata': 'Time zones by name are not shipped; datetime.timezone(timedelta(hours=2)) works.',
}


def missing_module(name):
    top = (name or '').split('.')[0]
    why = _REASON.get(name) or _REASON.get(top)
    return f'{why} ' * bool(why) + "Python's standard library is what is available."


class _Blocker:
    """A clear message, and no boundary: what these modules would need is gone below them."""

    def find_spec(self, name, path=None, target=None):
        if name in _BLOCKED or name.split('.')[0] in _BLOCKED:
            raise ModuleNotFoundError(f"No module named '{name}' in workflows", name=name)
        return None


class _Waiting:
    """Stands in for the selector of an event loop that has nothing but timers to wait for."""

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError('everything waits, and nothing is left that could end the waiting')
        if timeout > 0:
            _sleep(timeout)
        return []

    def close(self):
        pass


class _Loop(_aio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Waiting()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


def _sleep(seconds):
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    _put(b'S', _struct.pack('<d', min(float(seconds), 1e9)))


_sleep.__name__ = _sleep.__qualname__ = 'sleep'


def _await(coroutine):
    loop = _Loop()
    _aio.set_event_loop(loop)
    task = None
    try:
        task = loop.create_task(coroutine)
        return loop.run_until_complete(task)
    finally:
        # Tasks left behind end here: their node is over.
        left = [one for one in _aio.all_tasks(loop) if not one.done()]
        for one in left:
            one.cancel()
        if left:
            loop.run_until_complete(_aio.gather(*left, return_exceptions=True))
        loop.close()
        _aio.set_event_loop(None)


def _on_line(code, line):
    if code is _watched[0]:
        _put(b'L', _struct.pack('<I', line))
    return _monitoring.DISABLE


_watched = [None]


def _stream(descriptor):
    raw = _io.FileIO(descriptor, 'wb', closefd=False)
    buffer = _io.BufferedWriter(raw, 8192)
    return _io.TextIOWrapper(buffer, 'utf-8', 'backslashreplace', '\n', line_buffering=True)


def _flush():
    for stream in (_sys.stdout, _sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def _json_of(value, name, limits):
    return to_json(value, name, limits['resultDepth'], set())


def _too_large(size, limits, where):
    return {
        'code': 'python.result_limit',
        'message': f'{where} is {size:,} bytes as JSON; the limit is {limits["resultBytes"]:,}.',
        'hint': 'Return less, or keep what is large in records.',
    }


def _execute(request, names):
    """Runs the code; answers its value. What it raises passes through."""
    compiled = request.get('compiled')
    if compiled:
        code, is_function = _marshal.loads(_base64.b64decode(compiled))
    else:
        code, is_function = compile_author(request['code'], request['file'], request['line'])
    if is_function:
        names['__import_star__'] = _import_star(names)
    _watched[0] = code
    try:
        _monitoring.set_local_events(_TOOL, code, _monitoring.events.LINE)
    except ValueError:
        pass  # An earlier node of the execution gave our tool away; lines are then known from errors alone.
    if is_function:
        value = _ty.FunctionType(code, names)()
        if code.co_flags & _COROUTINE:
            value = _await(value)
    else:
        value = eval(code, names)
        if code.co_flags & _COROUTINE:
            value = _await(value)
        value = None
    if value is None:
        value = names.get('output')
    return value


def _node_of(names, limits):
    """The node's own context after a failure, when it is still something that can be kept."""
    try:
        value = names.get('node')
        kept = _json_of(value, 'node', limits) if isinstance(value, dict) else None
        return kept if kept is not None and len(_dumps(kept)) <= limits['resultBytes'] else None
    except BaseException:
        return None


def _run(request):
    limits = request['limits']
    names = dict(_names)
    names.update(
        __name__='__main__',
        __builtins__=_builtins,
        context=request['context'],
        node=request['node'],
        inputs=request['inputs'],
        outputs=request['outputs'],
        **request['each'],
    )
    main = _sys.modules['__main__'] = _ty.ModuleType('__main__')
    _sys.stdout, _sys.stderr = _stream(1), _stream(2)
    report = None
    try:
        value = _execute(request, names)
        output = _json_of(value, 'output', limits)
        answer = {'ok': True, 'output': output}
        for name in ('context', 'node'):
            if not isinstance(names.get(name), dict):
                raise NotJson(name, _name(names.get(name)), f'{name} has to stay a dict.')
            answer[name] = _json_of(names[name], name, limits)
        text = _dumps(answer)
        size = len(text.encode('utf-8'))
        if size > limits['resultBytes']:
            sizes = {name: len(_dumps(answer[name])) for name in ('output', 'context', 'node')}
            where = max(sizes, key=sizes.get)
            report = _too_large(size if len(sizes) == 0 else sizes[where], limits, where)
    except TooDeep as error:
        report = {
            'code': 'python.result_limit',
            'message': f'{error.path[:200]} is nested deeper than {limits["resultDepth"]} levels.',
            'hint': 'Return a flatter structure.',
        }
    except SystemExit as error:
        report = describe_error(error, request['file'], request['code'], request['line'])
        report['hint'] = 'Use return to end a node early.'
    except BaseException as error:
        report = describe_error(error, request['file'], request['code'], request['line'])
        error.__traceback__ = None
    if report is not None:
        text = _dumps({'ok': False, 'error': report, 'node': _node_of(names, limits)})
    _flush()
    _put(b'R', text.encode('utf-8', 'backslashreplace'))
    _watched[0] = None
    names.clear()
    main.__dict__.clear()


def _check(request):
    """Compiles without running. What it answers may be kept: no code of an author ever ran in this interpreter."""
    compiled = report = None
    try:
        compiled = compile_author(request['code'], request['file'], request['line'])
        compiled = _base64.b64encode(_marshal.dumps(compiled)).decode('ascii')
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if not isinstance(error, SyntaxError):
            error = SyntaxError(f'{error}' or 'the code is too deeply nested', (request['file'], request['line'], 1, None))
        report = describe_syntax_error(error, request['file'], request['code'], request['line'])
    _put(b'R', _dumps({'ok': True, 'fault': report, 'compiled': compiled}).encode('utf-8', 'backslashreplace'))


def serve():
    try:
        request = _loads(_take().decode('utf-8'))
        if request['kind'] == 'check':
            _check(request)
        else:
            if request['fresh']:
                _random.seed()
            _run(request)
    except BaseException as error:
        # A deadline can strike in here as well: the child sees that there is no result, and why.
        try:
            words = _dumps({'ok': False, 'error': describe_error(error, '', '', 0), 'node': None})
            _put(b'R', words.encode('utf-8', 'backslashreplace'))
        except BaseException:
            pass


def clean():
    """Last act before the gate is locked: what came with the way into JavaScript goes."""
    _time.sleep = _sleep
    _sys.meta_path[:] = [one for one in _sys.meta_path if 'pyodide' not in type(one).__module__]
    _sys.meta_path.insert(0, _Blocker())
    _sys.path_hooks[:] = [one for one in _sys.path_hooks if 'pyodide' not in getattr(one, '__module__', '')]
    for name in list(_sys.modules):
        if name in _BLOCKED or name.split('.')[0] in _BLOCKED:
            del _sys.modules[name]
    _sys.path[:] = [one for one in _sys.path if one.endswith('.zip')]
    _sys.path_importer_cache.clear()
    _sys.argv[:] = ['']
    _sys.executable = _sys._base_executable = ''
    _sys.excepthook, _sys.displayhook = _sys.__excepthook__, _sys.__displayhook__
    _aio.set_event_loop_policy(None) if _sys.version_info < (3, 14) else None
    _aio.events._set_running_loop(None)
    _aio.set_event_loop(None)
    _sys.__stdin__ = _sys.stdin = _io.TextIOWrapper(_io.BytesIO(b''), 'utf-8')
    _sys.__stdout__ = _sys.stdout = _stream(1)
    _sys.__stderr__ = _sys.stderr = _stream(2)
    _monitoring.use_tool_id(_TOOL, 'bot')
    _monitoring.register_callback(_TOOL, _monitoring.events.LINE, _on_line)
    # The first bytes of chance load a module of Node; after the lock that is no longer possible.
    _os.urandom(8)
    _os.environ.clear()
    _os.environ.update(HOME='/home/pyodide', TZ='UTC', LANG='C.UTF-8')
    for _ in range(3):
        _gc.collect()
    _gc.freeze()
