# a loop in C, which looks at nothing
# ends: python.timed_out
sum(range(10**13))
