# a host call of a hundred megabytes
import os
try:
    os.write(3, b'C' + b' ' * 60_000_000)
    print('ESCAPED: went on') if b'error' not in os.read(3, int(os.read(3, 12))) else None
except (OSError, MemoryError):
    pass
