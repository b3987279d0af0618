# recursion in Python
# ends: python.recursion_limit
def f():
    return f()
f()
