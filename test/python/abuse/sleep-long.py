# sleep for a year
# ends: python.timed_out
import time
time.sleep(10**7)
