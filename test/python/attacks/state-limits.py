# limits and contexts of the interpreter
import decimal, locale, signal, sys, warnings
found = [sys.getrecursionlimit(), sys.get_int_max_str_digits(), decimal.getcontext().prec, len(warnings.filters) > 20, sys.getswitchinterval(),
         signal.getsignal(signal.SIGINT) is signal.default_int_handler]
print('ESCAPED:', found) if found != [1000, 4300, 28, False, 0.005, True] else None
sys.setrecursionlimit(50_000)
sys.set_int_max_str_digits(0)
decimal.getcontext().prec = 3
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.setswitchinterval(100)
