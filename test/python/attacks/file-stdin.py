# read what the bot reads
import os, sys
for attempt in (lambda: os.read(0, 100), lambda: open('/dev/stdin').read(10), lambda: open('/dev/tty').read(10), lambda: input(), lambda: sys.stdin.read()):
    try:
        value = attempt()
        print('ESCAPED:', value) if value else None
    except (OSError, EOFError):
        pass
