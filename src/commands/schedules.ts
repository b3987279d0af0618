// Lets the clock start workflows: the same start as everybody's, with a memory among the records that Python cannot name.
import type { JsonObject } from '../json.ts'
import { createScheduler, type ScheduleMark, type Scheduler, type UnkeptTime } from '../triggers/scheduler.ts'
import { startExecution } from './start.ts'
import type { Services } from './types.ts'

const collection = '_schedules'

/** `told` hears of each time that went by without a start; the audit log has it already. */
export function createSchedules(
  services: Services,
  told: { unkept(time: UnkeptTime): void; unexpected(thrown: unknown): void },
): Scheduler {
  const { catalog, records, clock, audit } = services
  return createScheduler({
    clock,
    versions: () => catalog.list().flatMap(({ version }) => version ?? []),
    start: (request) => startExecution(services, request),
    records,
    marks: {
      get: (key) => records.get(collection, key)?.value as ScheduleMark | undefined,
      async set(key, mark) {
        const before = records.get(collection, key)
        const place = { collection, key, value: { id: key, ...mark } as JsonObject }
        await records.apply(`schedule:${key}:${mark.upTo}:${mark.cron}:${mark.timezone}`, [
          before ? { kind: 'update', ...place, rev: before.rev } : { kind: 'insert', ...place },
        ])
      },
    },
    async unkept(time) {
      told.unkept(time)
      const { workflowId: subject, node, at, actor, error } = time
      const details = { node, at, ...(error ? { code: error.code, message: error.message } : {}) }
      await audit.append({
        at: new Date(clock.now()).toISOString(),
        actor,
        action: error ? 'schedule.refused' : 'schedule.missed',
        subject,
        details,
      })
    },
    unexpected: told.unexpected,
  })
}
