# a line that never ends
# ends: python.output_limit python.timed_out
import sys
while True:
    sys.stdout.write('x' * 5000)
    sys.stdout.flush()
