# a socket, after taking our finder away
import sys
sys.meta_path.pop(0)
import socket

s = socket.socket()
s.connect(('127.0.0.1', {{PORT}}))
print('ESCAPED:', s.recv(64))
