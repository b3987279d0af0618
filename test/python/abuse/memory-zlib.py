# a bomb to unpack
# ends: python.out_of_memory
import zlib
data = zlib.compress(bytes(200_000_000)) if False else zlib.compress(bytes(40_000_000))
kept = [zlib.decompress(data) for _ in range(100)]
