# a list that grows
# ends: python.out_of_memory
kept = []
while True:
    kept.append(bytearray(1_000_000))
