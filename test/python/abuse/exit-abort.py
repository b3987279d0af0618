# abort
# ends: python.crashed
import os
os.abort()
