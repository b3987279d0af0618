# grow the archive through other calls
import os
fd = os.open('/lib/python314.zip', os.O_RDONLY)
for attempt in (lambda: os.ftruncate(fd, 1), lambda: os.posix_fallocate(fd, 0, 99_000_000), lambda: os.write(fd, b'x'), lambda: os.pwrite(fd, b'x', 0),
                lambda: os.fchmod(fd, 0o777)):
    try:
        attempt()
        print('ESCAPED: changed the archive')
    except OSError:
        pass
