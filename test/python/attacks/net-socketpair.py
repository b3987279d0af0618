# a pair of sockets, and descriptors of the process
import sys
sys.meta_path.pop(0)
import socket

a, b = socket.socketpair()
a.send(b'x')
print('ESCAPED:', b.recv(1))
