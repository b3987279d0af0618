# names of a megabyte
# ends: python.exception
open('/tmp/' + 'x' * 1_000_000, 'w')
