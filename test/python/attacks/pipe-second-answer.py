# read answers that nobody gave
import os
for _ in range(10):
    if os.read(3, 4096):
        print('ESCAPED: an answer without a question')
