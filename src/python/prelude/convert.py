# What crosses the wall, in both directions: JSON and nothing else. This is the one documented conversion:
#
#   Python                              JSON
#   None, bool, str                     null, true/false, string
#   int                                 number, up to 2**53 - 1 either way; beyond that an error (pass str(n))
#   float                               number; nan and inf are an error (pass None)
#   dict                                object; keys str, int, date, datetime, UUID or an enum of these, as text
#   list, tuple (named ones too)        array
#   set, frozenset                      array, sorted when its members can be
#   datetime, date, time                ISO 8601 text; a datetime keeps its offset
#   timedelta                           seconds as a number
#   Decimal                             text, every digit kept
#   UUID                                text
#   bytes, bytearray, memoryview        base64 text
#   Enum                                its value
#   dataclass                           object of its fields
#
# Text with lone surrogates, a key "__proto__", cycles and everything else are errors that name the path.
# JSON arrives as None, bool, int, float, str, list and dict; JSON does not tell 2.0 from 2, so both arrive as int.
import base64 as _base64
import dataclasses as _dataclasses
import datetime as _datetime
import decimal as _decimal
import enum as _enum
import json as _json
import math as _math
import uuid as _uuid

_MAX_INT = 2**53 - 1
_dumps = _json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(',', ':')).encode
_loads = _json.JSONDecoder().decode
_isfinite = _math.isfinite
_type, _len, _isinstance, _str = type, len, isinstance, str


class NotJson(Exception):
    def __init__(self, path, what, hint=None):
        Exception.__init__(self, path, what, hint)
        self.path, self.what, self.hint = path, what, hint


class TooDeep(Exception):
    def __init__(self, path):
        Exception.__init__(self, path)
        self.path = path


def _member(path, key):
    return f'{path}.{key}' if key.isidentifier() else f'{path}[{key!r}]'


def _text(value, path):
    try:
        value.encode('utf-8')
    except UnicodeEncodeError:
        raise NotJson(path, 'text with a lone surrogate', "value.encode('utf-8', 'replace').decode() makes it valid text.") from None
    return value


def _int(value, path):
    if -_MAX_INT <= value <= _MAX_INT:
        return value
    raise NotJson(path, 'int beyond 2**53 - 1, where JSON numbers lose digits', 'Pass it as text: str(value).')


def _float(value, path):
    if _isfinite(value):
        return value
    raise NotJson(path, 'nan' if value != value else 'infinity', 'JSON has no such number; pass None or text.')


def _key(key, path):
    kind = _type(key)
    if kind is str:
        text = _text(key, path)
    elif kind is int:
        text = int.__repr__(key)
    elif _isinstance(key, _enum.Enum):
        return _key(key.value, path)
    elif kind in (_datetime.datetime, _datetime.date):
        text = key.isoformat()
    elif kind is _uuid.UUID:
        text = _str(key)
    elif _isinstance(key, str):
        text = _text(str.__str__(key), path)
    else:
        raise NotJson(path, f'a key of type {_name(key)}', 'Keys become text; use str, int, a date, a UUID or an enum.')
    if text == '__proto__':
        raise NotJson(path, 'the key "__proto__"', 'It is refused, because it is a trap for other programs; rename it.')
    return text


def _name(value):
    kind = _type(value)
    try:
        return kind.__qualname__ if kind.__module__ in ('builtins', '__main__') else f'{kind.__module__}.{kind.__qualname__}'
    except BaseException:
        return 'object'


def to_json(value, path, depth, busy):
    """The value as JSON-safe copies. `depth` is how many levels are left; `busy` holds the ids on the way down."""
    kind = _type(value)
    if kind is str:
        return value if value.isascii() else _text(value, path)
    if value is None or kind is bool:
        return value
    if kind is int:
        return _int(value, path)
    if kind is float:
        return _float(value, path)
    if kind is dict or kind is list or kind is tuple:
        return _container(value, kind, path, depth, busy)
    if _isinstance(value, _enum.Enum):
        return to_json(value.value, path, depth, busy)
    if _isinstance(value, str):
        return _text(str.__str__(value), path)
    if _isinstance(value, int):
        return _int(int.__int__(value), path)
    if _isinstance(value, float):
        return _float(float.__float__(value), path)
    for base in (dict, list, tuple):
        if _isinstance(value, base):
            return _container(value, base, path, depth, busy)
    if _isinstance(value, (set, frozenset)):
        members = list(value)
        try:
            members.sort()
        except TypeError:
            pass
        return _container(members, list, path, depth, busy)
    if _isinstance(value, (_datetime.datetime, _datetime.date, _datetime.time)):
        return value.isoformat()
    if _isinstance(value, _datetime.timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds == int(seconds) else seconds
    if _isinstance(value, _decimal.Decimal):
        if not value.is_finite():
            raise NotJson(path, f'Decimal {value}', 'JSON has no such number; pass None or text.')
        return _str(value)
    if _isinstance(value, _uuid.UUID):
        return _str(value)
    if _isinstance(value, (bytes, bytearray, memoryview)):
        return _base64.b64encode(value).decode('ascii')
    if _dataclasses.is_dataclass(value) and not _isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in _dataclasses.fields(value)}
        return _container(fields, dict, path, depth, busy)
    raise NotJson(path, _name(value), _HINTS.get(_name(value)))


_HINTS = {
    'generator': 'list(value) makes a list of it.',
    'map': 'list(value) makes a list of it.',
    'filter': 'list(value) makes a list of it.',
    'zip': 'list(value) makes a list of it.',
    'range': 'list(value) makes a list of it.',
    'dict_keys': 'list(value) makes a list of it.',
    'dict_values': 'list(value) makes a list of it.',
    'dict_items': 'dict(value) or list(value) makes JSON of it.',
    'coroutine': 'Await it first.',
    'function': 'Call it, and pass what it returns.',
    'complex': 'Pass its parts: [value.real, value.imag].',
}


def _container(value, base, path, depth, busy):
    if depth <= 0:
        raise TooDeep(path)
    mark = id(value)
    if mark in busy:
        raise NotJson(path, 'a value that contains itself')
    busy.add(mark)
    depth -= 1
    if base is dict:
        result = {}
        for key, item in dict.items(value):
            text = key if _type(key) is str and key.isascii() and key != '__proto__' else _key(key, path)
            if text in result:
                raise NotJson(path, f'two keys that are both "{text}" as text')
            kind = _type(item)
            if item is None or kind is bool or (kind is str and item.isascii()):
                result[text] = item
            else:
                result[text] = to_json(item, _member(path, text), depth, busy)
    else:
        result = [
            item if item is None or (_type(item) is str and item.isascii()) else to_json(item, f'{path}[{at}]', depth, busy)
            for at, item in enumerate(base.__iter__(value))
        ]
    busy.discard(mark)
    return result
