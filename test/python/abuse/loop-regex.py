# a pattern that backtracks for ever
# ends: python.timed_out
import re
re.match(r'(a|aa)+$', 'a' * 60 + 'b')
