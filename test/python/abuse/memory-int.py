# an enormous number
# ends: python.out_of_memory python.timed_out
x = 1 << 10**10
print(x)
