// The program of an interpreter's process: boots Pyodide behind the gate, locks it, and then serves one run at a time.
// After the lock this is one synchronous loop on one pipe; it never returns to the event loop.
import { performance } from 'node:perf_hooks'
import { FROM_CHILD, TO_CHILD } from '../frames.ts'
import { boot } from './boot.ts'
import { EXIT, leave, receive, send, sendJson } from './pipe.ts'
import type { Start } from './start.ts'

const start = JSON.parse(receive([TO_CHILD.start]).body.toString('utf8')) as Start
try {
  const interpreter = await boot(start)
  const startMs = performance.now()
  sendJson(FROM_CHILD.ready, {
    startMs: Math.round(startMs),
    heapBytes: interpreter.heapBytes(),
    ...interpreter.facts,
  })
  for (;;) {
    const { kind, body } = receive([TO_CHILD.run, TO_CHILD.check, TO_CHILD.reset])
    if (kind === TO_CHILD.reset) {
      if (!interpreter.reset()) leave(EXIT.unfit)
      sendJson(FROM_CHILD.ready, { heapBytes: interpreter.heapBytes() })
      continue
    }
    const run = interpreter.run(body)
    if (run.result) send(FROM_CHILD.result, run.result)
    sendJson(FROM_CHILD.done, run.done)
  }
} catch (error) {
  sendJson(FROM_CHILD.refused, {
    message: String(error instanceof Error ? error.message : error).slice(0, 500),
  })
  leave(EXIT.unfit)
}
