# arguments that poison objects of the bot
import json, os
os.write(3, b'C{"name":"echo","args":{"value":{"__proto__":{"polluted":1},"\\u005f_proto__":{"polluted":2},"constructor":{"prototype":{"polluted":3}}}}}')
answer = os.read(3, int(os.read(3, 12))).decode()
print('ESCAPED:', answer) if '__proto__' in answer or 'POLLUTED' in answer else None
