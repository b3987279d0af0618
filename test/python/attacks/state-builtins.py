# built-in names patched for the next one
import builtins
print('ESCAPED: patched') if hasattr(builtins, 'leak') else None
builtins.leak = 1
builtins.print = lambda *a, real=print, **k: real('ESCAPED: spied')
builtins.__import__ = lambda *a, real=builtins.__import__, **k: real(*a, **k)
