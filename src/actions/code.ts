// The action `code`: runs Python. What it does to records, and what it tells people, happens once and only if the
// code succeeded: the calls are gathered while it runs and carried out as durable steps of their own afterwards.
import { z } from 'zod'
import type { BuiltinCall, BuiltinHost } from '../builtins/host.ts'
import { durationMs } from '../definition/duration.ts'
import { type Limits, limitsSchema, type SourceLocation } from '../definition/schema.ts'
import { type Action, NodeFailure } from '../engine/action.ts'
import type { Printed } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import type {
  Messenger,
  OutgoingMessage,
  PythonLimits,
  PythonResult,
  PythonSandbox,
  RecordStore,
  RecordWrite,
} from './ports.ts'

const fields = z.strictObject({
  code: z.string().min(1).optional().describe('Python, inline'),
  file: z.string().min(1).optional().describe('A .py file beside the workflow, instead of code'),
  limits: limitsSchema.optional(),
})

export interface CodePorts {
  python: PythonSandbox
  records: RecordStore
  messenger: Messenger
  builtins: BuiltinHost
}

/** What one run of the code leaves to be done; recorded whole, so that a replay does the very same. */
interface Ran {
  result: PythonResult
  /** What `print` and `log` wrote, in the order in which they did. */
  printed: Printed[]
  writes: RecordWrite[]
  messages: OutgoingMessage[]
}

export function codeAction({ python, records, messenger, builtins }: CodePorts): Action {
  return {
    type: 'code',
    role: 'action',
    summary: 'Runs Python',
    fields,
    source: { inline: 'code', file: 'file' },

    async run(node, context) {
      const { execution } = context
      const ran = (await context.step('run', async ({ key, signal }) => {
        const printed: Printed[] = []
        const print = (line: Printed) => {
          printed.push(line)
          context.print(line)
        }
        const call: BuiltinCall = builtins.open({ key, node: node.name, execution, print })
        const result = await python.run(
          {
            executionId: execution.id,
            workflowId: execution.workflow.id,
            nodeName: node.name,
            code: node.code as string,
            source: node.source as SourceLocation,
            context: context.context,
            node: context.nodeContext,
            inputs: context.inputs,
            outputs: context.outputs,
            ...(context.each ? { each: context.each } : {}),
            limits: pythonLimits({ ...execution.settings.limits, ...(node.limits as Limits | undefined) }),
          },
          call,
          signal,
        )
        signal.throwIfAborted()
        return {
          result,
          printed,
          writes: call.writes(),
          messages: call.messages(),
        } satisfies Ran as unknown as JsonObject
      })) as unknown as Ran

      const { result, printed, writes, messages } = ran
      if (result.status === 'failed') {
        throw new NodeFailure(result.error, { printed, nodeContext: result.node })
      }
      const details = { printed, nodeContext: result.node }
      await keepingPrinted(details, async () => {
        if (writes.length > 0) {
          await context.step('records', async ({ key }) => {
            await records.apply(key, writes)
            return null
          })
        }
        for (const [index, message] of messages.entries()) {
          await context.step(
            `message ${index + 1}`,
            async ({ key }) => (await messenger.post(message, key)) as unknown as Json,
          )
        }
      })
      return {
        output: result.output,
        context: result.context,
        nodeContext: result.node,
        printed,
      }
    },
  }
}

/** A failure after the code itself succeeded still shows what the code printed. */
async function keepingPrinted(
  details: { printed: Printed[]; nodeContext: JsonObject },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    throw thrown instanceof NodeFailure ? new NodeFailure(thrown.error, details) : thrown
  }
}

function pythonLimits(limits: Limits): Partial<PythonLimits> {
  const bytes = (mb: number) => Math.round(mb * 1024 * 1024)
  return {
    ...(limits.time === undefined ? {} : { wallMs: durationMs(limits.time) }),
    ...(limits.cpu === undefined ? {} : { cpuMs: durationMs(limits.cpu) }),
    ...(limits.memory_mb === undefined ? {} : { memoryBytes: bytes(limits.memory_mb) }),
    ...(limits.output_mb === undefined ? {} : { outputBytes: bytes(limits.output_mb) }),
    ...(limits.result_mb === undefined ? {} : { resultBytes: bytes(limits.result_mb) }),
    ...(limits.files_mb === undefined ? {} : { fileBytes: bytes(limits.files_mb) }),
    ...(limits.calls === undefined ? {} : { hostCalls: limits.calls }),
  }
}
