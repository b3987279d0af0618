# a loop in a finalizer
# ends: python.timed_out
class Slow:
    def __del__(self):
        while True:
            pass
x = Slow()
del x
