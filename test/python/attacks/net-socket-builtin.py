# a socket from the built-in module
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

S = builtin('_socket')
s = S.socket(2, 1, 0)
s.connect(('127.0.0.1', {{PORT}}))
print('ESCAPED:', s.recv(64))
