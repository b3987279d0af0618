# bytecode that reads constants beyond its own
import dis
def f():
    return 1
op = dis.opmap['LOAD_CONST'], dis.opmap['RETURN_VALUE']
for index in range(0, 250, 3):
    g = (lambda: None)
    g.__code__ = f.__code__.replace(co_code=bytes([dis.opmap['RESUME'], 0, op[0], index, op[1], 0]), co_consts=(1,))
    value = g()
    if 'Js' in type(value).__name__:
        print('ESCAPED:', value.constructor)
