# http.client and urllib, after taking our finder away
import sys
sys.meta_path.pop(0)
import socket

import http.client
c = http.client.HTTPConnection('127.0.0.1', {{PORT}}, timeout=2)
c.request('GET', '/')
print('ESCAPED:', c.getresponse().read())
