# recursion with the limit raised
# ends: python.recursion_limit python.crashed
import sys
sys.setrecursionlimit(10**9)
def f():
    return f() + 1
f()
