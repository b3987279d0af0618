# names that mean something to JavaScript
import os
for name in ('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineGetter__', 'contents', 'length'):
    os.makedirs(f'/tmp/{name}/__proto__/{name}', exist_ok=True)
    open(f'/tmp/{name}/polluted', 'w').write('1')
    os.rename(f'/tmp/{name}', f'/tmp/moved-{name}')
    if os.listdir(f'/tmp/moved-{name}') == [] or os.path.exists('/tmp/polluted'):
        print('ESCAPED: confused')
