# a descriptor left open on a removed file
import os
for fd in range(4, 60):
    try:
        os.lseek(fd, 0, 0)
        print('ESCAPED: descriptor', fd, os.read(fd, 20))
    except OSError:
        pass
fd = os.open('/tmp/kept', os.O_RDWR | os.O_CREAT)
os.write(fd, b'left behind')
os.unlink('/tmp/kept')
