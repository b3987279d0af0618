# one enormous block
# ends: python.out_of_memory
x = bytearray(1_900_000_000)
