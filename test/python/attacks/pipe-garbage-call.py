# a host call that is no JSON
import os
os.write(3, b'C' + bytes(range(256)))
print('ESCAPED: went on', os.read(3, 100))
