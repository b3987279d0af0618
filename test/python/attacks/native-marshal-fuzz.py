# damaged marshal data
import marshal, random
good = bytearray(marshal.dumps(compile('def f(a, b=[1]):\n return {a: b}\nf(1)', 'x', 'exec')))
chance = random.Random(11)
for _ in range(4000):
    bad = good[:]
    for _ in range(3):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    try:
        exec(marshal.loads(bytes(bad)), {'__builtins__': {}})
    except Exception:
        pass
