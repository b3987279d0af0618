# recursion in C
# ends: python.recursion_limit python.crashed
import sys
sys.setrecursionlimit(10**9)
x = []
for _ in range(10**6):
    x = [x]
repr(x)
