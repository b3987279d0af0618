# move, remove, replace or cut what must stay
import os
for attempt in (lambda: os.rename('/lib', '/tmp/lib'), lambda: os.unlink('/lib/python314.zip'), lambda: os.truncate('/lib/python314.zip', 0),
                lambda: os.chmod('/lib/python314.zip', 0o777), lambda: os.rename('/tmp', '/home/pyodide/t'), lambda: os.rmdir('/home/pyodide'),
                lambda: os.mkdir('/lib/evil'), lambda: os.unlink('/dev/null'), lambda: os.rename('/dev/stdout', '/tmp/out'),
                lambda: os.utime('/lib/python314.zip', (1, 1)), lambda: os.chown('/lib', 1, 1), lambda: os.symlink('/tmp', '/lib/x'),
                lambda: open('/lib/python314.zip', 'wb'), lambda: open('/evil', 'w'), lambda: os.chmod('/', 0o777)):
    try:
        attempt()
        print('ESCAPED: changed something')
    except OSError:
        pass
