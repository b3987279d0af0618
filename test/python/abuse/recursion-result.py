# a result nested a million times
# ends: python.result_limit python.recursion_limit
x = []
for _ in range(10**6):
    x = [x]
return x
