// The shipped workflows with the mistakes that people could make in them.
import type { Fault } from '../trial.ts'
import { accessRequest } from './access-request.ts'
import { dailyDigest } from './daily-digest.ts'
import { incidentOpener } from './incident-opener.ts'
import { reorderCheck } from './reorder-check.ts'

/** By the id of the workflow. */
export const faults: { [workflow: string]: Fault[] } = {
  'reorder-check': reorderCheck,
  'incident-opener': incidentOpener,
  'access-request': accessRequest,
  'daily-digest': dailyDigest,
}
