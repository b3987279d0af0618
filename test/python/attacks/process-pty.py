# terminals and sessions
import os
for name in ('openpty', 'setsid', 'getlogin', 'ctermid', 'ttyname'):
    try:
        value = getattr(os, name)(*((0,) if name == 'ttyname' else ()))
        print('ESCAPED:', name, value) if name in ('openpty', 'getlogin') else None
    except (AttributeError, OSError):
        pass
