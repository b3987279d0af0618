# memory of the interpreter overwritten for the next one
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

import sys
at = id(sys.version)
words = view(at, 80)
print('ESCAPED: overwritten') if b'PWNED' in bytes(words) else None
words[40:45] = b'PWNED'
