# a host call nested beyond reason
import os
os.write(3, b'C{"name":"x","args":{"a":' + b'[' * 100_000 + b']' * 100_000 + b'}}')
print('ESCAPED: went on', os.read(3, 100))
