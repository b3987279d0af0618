# write through a link into the standard library
import os
os.symlink('/lib/python314.zip', '/tmp/lib.zip')
try:
    with open('/tmp/lib.zip', 'r+b') as f:
        f.write(b'PWNED')
except OSError:
    pass
print('ESCAPED: the archive was written') if open('/lib/python314.zip', 'rb').read(5) == b'PWNED' else None
