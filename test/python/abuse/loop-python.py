# a loop in Python
# ends: python.timed_out
while True:
    pass
