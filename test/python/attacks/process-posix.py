# every way of posix to start or end a process
import posix
for name, args in {'system': ('touch {{PROOF}}',), 'fork': (), 'forkpty': (), 'execv': ('/bin/sh', ['sh', '-c', 'touch {{PROOF}}']),
                   'posix_spawn': ('/bin/sh', ['sh', '-c', 'touch {{PROOF}}'], {}), 'popen': ('id',)}.items():
    try:
        if getattr(posix, name)(*args) == 0:
            print('ESCAPED:', name)
    except (AttributeError, OSError):
        pass
