# bytecode that takes locals and stack slots that it does not have
import dis
def f():
    x = 1
    return x
for name in ('LOAD_FAST', 'LOAD_FAST_BORROW', 'STORE_FAST', 'LOAD_DEREF', 'POP_TOP', 'SWAP', 'COPY'):
    if name in dis.opmap:
        for index in (5, 40, 200):
            g = (lambda: None)
            g.__code__ = f.__code__.replace(co_code=bytes([dis.opmap['RESUME'], 0, dis.opmap[name], index, dis.opmap['RETURN_VALUE'], 0]))
            print(type(g()).__name__)
