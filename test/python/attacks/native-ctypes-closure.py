# a closure made by JavaScript for ffi
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

C = builtin('_ctypes')
class F(C.CFuncPtr):
    _flags_ = 1
    _restype_ = None
    _argtypes_ = ()
f = F(lambda: None)
f()
print('ESCAPED: closure called')
