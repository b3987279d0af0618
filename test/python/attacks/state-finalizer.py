# finalizers that would run when memory is taken back
import atexit, weakref, gc
class Late:
    def __del__(self):
        print('ESCAPED: a finalizer ran after its node')
        echo('late')
import sys
sys.kept = late = Late()
late.self = late
weakref.finalize(late, print, 'ESCAPED: weakref')
atexit.register(print, 'ESCAPED: atexit')
