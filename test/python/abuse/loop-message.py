# a loop in the text of an exception
# ends: python.timed_out
class Evil(Exception):
    def __str__(self):
        while True:
            pass
raise Evil()
