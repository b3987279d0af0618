# a flood of forged line reports
import os
for line in range(20_000):
    os.write(3, b'L' + line.to_bytes(4, 'little'))
try:
    os.write(3, b'L12')
    print('ESCAPED: a short one was taken')
except OSError:
    pass
