# a list that grows and swallows MemoryError
# ends: python.out_of_memory python.timed_out
kept = []
while True:
    try:
        kept.append('x' * 1_000_000)
    except MemoryError:
        pass
