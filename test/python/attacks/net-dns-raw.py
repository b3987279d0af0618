# a name lookup through the C function
import _imp, importlib.machinery
def builtin(name):
    spec = importlib.machinery.ModuleSpec(name, importlib.machinery.BuiltinImporter, origin='built-in')
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    return module

S = builtin('_socket')
for look in (lambda: S.gethostbyname('localhost'), lambda: S.getaddrinfo('secret.example.com', 80)):
    answer = look()
    print('ESCAPED:', answer) if answer != '172.29.1.0' else None
