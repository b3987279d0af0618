# variables of the environment
import os
print('ESCAPED: environ') if 'LEAK' in os.environ or os.environ['HOME'] != '/home/pyodide' else None
os.environ['LEAK'] = '1'
os.environ['HOME'] = '/tmp'
os.putenv('LEAK', '1')
