# endless printing
# ends: python.output_limit python.timed_out
while True:
    print('x' * 10_000)
