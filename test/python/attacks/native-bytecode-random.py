# random bytecode, until something gives
import random, types
base = (lambda: 1).__code__
chance = random.Random(7)
for _ in range(3000):
    try:
        code = base.replace(co_code=bytes(chance.randrange(256) for _ in range(24)), co_stacksize=8)
        types.FunctionType(code, {})()
    except Exception:
        pass
