// All triggers. Adding one is a file and a line here.
import type { NodeKind } from '../definition/schema.ts'
import { manual } from './manual.ts'
import { schedule } from './schedule.ts'
import { webhook } from './webhook.ts'

export const triggers: NodeKind[] = [manual, schedule, webhook]
