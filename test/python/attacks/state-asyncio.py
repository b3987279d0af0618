# a task and a loop that outlive their node
import asyncio, builtins
print('ESCAPED: ticks', builtins.ticks) if hasattr(builtins, 'ticks') else None
builtins.ticks = 0
async def tick():
    while builtins.ticks < 100:
        builtins.ticks += 1
        try:
            await asyncio.sleep(0)
        except BaseException:
            pass
task = asyncio.ensure_future(tick())
await asyncio.sleep(0)
