# signal the bot and its group
import os, signal
for pid in {os.getppid(), 1, 0, -1, {{PID}}}:
    try:
        os.kill(pid, 0)
        print('ESCAPED: may signal', pid) if pid == {{PID}} else None
    except OSError:
        pass
signal.raise_signal(signal.SIGTERM)
