# tasks that multiply
# ends: python.timed_out
import asyncio
async def more():
    while True:
        asyncio.ensure_future(more())
        await asyncio.sleep(0)
await more()
