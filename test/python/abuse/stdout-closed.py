# close what is printed to and talked through
# ends: python.crashed python.exception
import os
for fd in range(4):
    os.close(fd)
print(1)
raise ValueError
