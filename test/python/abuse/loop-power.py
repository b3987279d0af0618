# a power that takes for ever
# ends: python.timed_out
x = 7 ** 10**8
print(x % 10**9)
