# end the interpreter from within, in ways that keep going
import sys, builtins
print('ESCAPED: kept') if hasattr(builtins, 'ended') else None
builtins.ended = True
sys.exit(0)
