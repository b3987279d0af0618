# an audit hook, which Python cannot take back
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event == 'leak' else None)
sys.audit('leak')
print('ESCAPED: hooks pile up') if len(seen) != 1 else None
sys.audit('leak')
