// GET /api/health: whether the bot serves requests. Open to whoever reaches the server; it says nothing else.
import { endpoint } from '../endpoint.ts'
import { healthSchema } from '../schemas.ts'

export const health = endpoint({
  method: 'get',
  path: '/api/health',
  name: 'health',
  summary: 'Whether the bot is up',
  open: true,
  answers: { 200: { description: 'It is', schema: healthSchema } },
  handle: async () => ({ status: 200, body: { status: 'ok' } }),
})
