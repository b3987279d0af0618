# asyncio's own way to the network
import asyncio
reader, writer = await asyncio.open_connection('127.0.0.1', {{PORT}})
print('ESCAPED:', await reader.read(10))
