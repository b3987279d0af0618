# one list a million times
# ends: python.result_limit python.timed_out python.out_of_memory
x = [0] * 1000
return [x] * 10_000
