# wrap descriptors of the process as sockets
import sys
sys.meta_path.pop(0)
import socket

for fd in range(0, 30):
    try:
        s = socket.socket(fileno=fd)
        s.send(b'GET / HTTP/1.0\r\n\r\n')
        print('ESCAPED:', fd)
    except OSError:
        pass
