# what an earlier execution left in memory, byte by byte
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

import random, re
size = {{HEAP}}
found = set()
for at in range(1024, size - 4_000_000, 4_000_000):
    found.update(re.findall(b'RESI' + b'DUE-([0-9]{12})', bytes(view(at, 4_000_064))))
print('ESCAPED:', found) if found else None
kept = ['RESI' + f'DUE-{random.randrange(10**11, 10**12)}' * 3 for _ in range(1000)]
kept.append(bytearray(b'RESI' + b'DUE-' + str(random.randrange(10**11, 10**12)).encode()) * 10_000)
