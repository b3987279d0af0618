# an object whose type is a block of our own bytes
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

fake = bytearray(512)
fake[0:4] = (1 << 20).to_bytes(4, 'little')
fake[4:8] = id(type).to_bytes(4, 'little')
for at in range(24, 400, 4):
    fake[at:at + 4] = (at * 31 % 9000).to_bytes(4, 'little')
data = bytearray(16)
data[0:4] = (1 << 20).to_bytes(4, 'little')
words = view(id(data), 40).cast('I')
base = view(id(fake), 40).cast('I')
holder = [None]
slot = view(view(id(holder), 24).cast('I')[3], 4).cast('I')
view(words[5], 16).cast('I')[1] = base[5]
slot[0] = words[5]
repr(holder[0]); holder[0](); str(holder[0])
