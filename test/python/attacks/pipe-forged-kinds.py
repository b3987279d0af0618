# every kind of frame, through the device
import os
for kind in range(256):
    if chr(kind) in 'CRSL':
        continue
    try:
        os.write(3, bytes([kind]) + b'{"startMs":1}')
        print('ESCAPED: the device took', kind)
    except OSError:
        pass
