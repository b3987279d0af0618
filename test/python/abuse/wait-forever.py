# wait for what nobody resolves
# ends: python.exception
import asyncio
await asyncio.get_running_loop().create_future()
