// The trigger `manual`: a person or a program starts the workflow (a command, a button, the API).
import { z } from 'zod'
import { inputsSchema } from '../definition/inputs.ts'
import type { NodeKind } from '../definition/schema.ts'

export const manual: NodeKind = {
  type: 'manual',
  role: 'trigger',
  summary: 'A person or a program starts the workflow',
  fields: z.strictObject({
    inputs: inputsSchema.optional().describe('What is asked for at the start, by name'),
  }),
}
