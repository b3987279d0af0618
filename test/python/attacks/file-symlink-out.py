# symbolic links to files of the host
import os
for at, target in enumerate(('{{CANARY}}', '/etc/passwd', '/proc/self/environ', '../../../../etc/passwd')):
    os.symlink(target, f'/tmp/link{at}')
    try:
        print('ESCAPED:', open(f'/tmp/link{at}').read(50))
    except OSError:
        pass
