# put a file where the device was
import os
fd = os.open('/tmp/fake', os.O_RDWR | os.O_CREAT)
os.dup2(fd, 3)
os.dup2(fd, 1)
