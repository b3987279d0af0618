# names and paths of the host in what Python can see
import os, platform, sys, getpass, time
seen = repr([dict(os.environ), sys.argv, sys.path, sys.executable, sys.prefix, os.getcwd(), os.uname(), platform.node(), sys.flags, time.tzname,
             os.cpu_count(), sys.exec_prefix, getattr(sys, 'orig_argv', None), getattr(sys, '_git', None), __file__ if '__file__' in globals() else ''])
for word in ('{{HOSTNAME}}', '{{CWD}}', '{{CANARY}}', 'node_modules', 'canary'):
    if word and len(word) > 3 and word in seen:
        print('ESCAPED:', word)
