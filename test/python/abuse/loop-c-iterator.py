# an iterator that C code drinks dry
# ends: python.timed_out
import collections, itertools
collections.deque(itertools.cycle([0]), maxlen=0)
