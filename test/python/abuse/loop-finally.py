# a loop in finally
# ends: python.timed_out
try:
    while True:
        pass
finally:
    while True:
        pass
