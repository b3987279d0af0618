# recursion in the pickler
# ends: python.recursion_limit python.crashed
import pickle, sys
sys.setrecursionlimit(10**9)
x = ()
for _ in range(10**5):
    x = (x,)
pickle.dumps(x)
