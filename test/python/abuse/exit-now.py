# end the process at once
# ends: python.crashed
import os
os._exit(0)
