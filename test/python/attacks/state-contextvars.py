# context variables and thread locals
import contextvars, decimal, threading, sys
store = sys.modules.setdefault('leak_store', threading.local())
print('ESCAPED: thread local') if getattr(store, 'value', None) else None
store.value = 1
kept = [one for one in contextvars.copy_context() if one.name == 'leak']
print('ESCAPED: context variable') if kept else None
contextvars.ContextVar('leak').set(1)
