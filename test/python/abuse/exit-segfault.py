# a crash of native code
# ends: python.crashed
import faulthandler
faulthandler._sigsegv()
