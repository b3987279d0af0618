# a loop that swallows every interruption
# ends: python.timed_out
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
