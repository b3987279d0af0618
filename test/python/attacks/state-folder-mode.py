# the writable folders themselves changed
import os
print('ESCAPED: folder') if oct(os.stat('/tmp').st_mode) != '0o40777' or os.getcwd() != '/home/pyodide' else None
os.chdir('/tmp')
for attempt in (lambda: os.chmod('/tmp', 0), lambda: os.utime('/tmp', (1, 1))):
    try:
        attempt()
    except OSError:
        pass
