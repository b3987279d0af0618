# import the packages of Pyodide after taking our finder away
import sys
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != '_Blocker']
import pyodide.code, js
print('ESCAPED:', pyodide.code.run_js('process.version'), js)
