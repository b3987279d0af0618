# a name lookup as a way out
import sys
sys.meta_path.pop(0)
import socket

answer = socket.getaddrinfo('localhost', {{PORT}})
print('ESCAPED:', answer)
