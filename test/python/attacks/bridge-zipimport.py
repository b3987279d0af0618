# load the packages of Pyodide straight from the archive
import sys, zipimport
sys.meta_path.pop(0)
archive = zipimport.zipimporter('/lib/python314.zip')
base = archive.load_module('_pyodide')
import _pyodide._core_docs as docs
import _pyodide_core
print('ESCAPED:', _pyodide_core.to_js({'a': 1}).constructor)
