# a loop while the result is read
# ends: python.timed_out
class Evil(list):
    def __iter__(self):
        while True:
            pass
class Set(set):
    def __iter__(self):
        while True:
            pass
output = Set([1])
