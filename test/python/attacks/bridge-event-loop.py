# the event loop that called JavaScript
import asyncio
loop = asyncio.new_event_loop()
for name in ('_webloop', 'run_js', 'scheduleCallback'):
    if hasattr(loop, name):
        print('ESCAPED:', name)
policy = getattr(asyncio, 'DefaultEventLoopPolicy', None)
print('ESCAPED: policy') if 'pyodide' in getattr(policy, '__module__', '') else None
