# a finder that answers every later import
import sys
print('ESCAPED: finder') if any(type(one).__name__ == 'Spy' for one in sys.meta_path) else None
class Spy:
    def find_spec(self, *a):
        return None
sys.meta_path.insert(0, Spy())
sys.path_hooks.insert(0, Spy)
sys.path.insert(0, '/tmp')
