# sleep for a year in asyncio
# ends: python.timed_out
import asyncio
await asyncio.sleep(10**7)
