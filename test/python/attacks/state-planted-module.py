# a module file that the next one would import
import os, sys
for folder in ('/tmp', '/home/pyodide'):
    print('ESCAPED: planted file') if os.listdir(folder) else None
    open(folder + '/statistics.py', 'w').write('print("ESCAPED: planted")')
    open(folder + '/usercustomize.pth', 'w').write('import statistics')
sys.modules.pop('statistics', None)
