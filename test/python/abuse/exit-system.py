# sys.exit
# ends: python.exception
import sys
sys.exit(3)
