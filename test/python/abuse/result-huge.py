# a result of many megabytes
# ends: python.result_limit python.out_of_memory
return 'x' * 20_000_000
