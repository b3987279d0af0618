// Keeps the home tab fresh: published when somebody opens it, and again for those who looked lately whenever something
// changes.
import { executeCommand, visibleTo } from '../commands/execute.ts'
import type { AnyCommand, Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { rateLimitMs } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Log } from './ports.ts'
import { type HomeContent, renderHome } from './render/home.ts'

/** So long after opening it, a home tab is kept fresh. */
const lookingMs = 15 * 60_000
/** At most one publication per person in this time. */
const paceMs = 1000

export interface Home {
  /** Publishes for this person now, and keeps it fresh for a while. */
  opened(actor: Actor): Promise<void>
  /** Something changed: everybody who looked lately gets it. */
  changed(): void
  idle(): Promise<void>
  close(): void
}

interface Viewer {
  actor: Actor
  until: number
  publishing?: Promise<void>
  again: boolean
}

export function createHome(options: {
  clients: SlackClients
  services: Services
  commands: AnyCommand[]
  clock: Clock
  log: Log
}): Home {
  const { clients, services, clock, log } = options
  const viewers = new Map<string, Viewer>()
  const end = new AbortController()

  async function content(actor: Actor): Promise<HomeContent> {
    const visible = await visibleTo(actor, services)
    const [list, recent] = await Promise.all([
      executeCommand('list', {}, { actor, services }),
      visible.history.recent({ limit: 10 }),
    ])
    return {
      workflows: list.kind === 'workflows' ? list.workflows : [],
      running: visible.engine.running(),
      recent,
    }
  }

  async function publish(viewer: Viewer): Promise<void> {
    do {
      viewer.again = false
      try {
        const view = renderHome(await content(viewer.actor), clock.now())
        await clients.progress.views.publish({ user_id: viewer.actor.id, view })
        if (viewer.again) await clock.sleep(paceMs, end.signal).catch(() => {})
      } catch (thrown) {
        const limit = rateLimitMs(thrown)
        log.debug({ error: String(thrown) }, 'the home tab could not be published')
        if (limit === undefined) return
        viewer.again = true
        await clock.sleep(limit, end.signal).catch(() => {})
      }
    } while (viewer.again && !end.signal.aborted)
  }

  function request(viewer: Viewer): Promise<void> {
    if (viewer.publishing) {
      viewer.again = true
      return viewer.publishing
    }
    viewer.publishing = publish(viewer).finally(() => {
      viewer.publishing = undefined
    })
    return viewer.publishing
  }

  return {
    opened(actor) {
      const viewer = viewers.get(actor.id) ?? { actor, until: 0, again: false }
      viewer.until = clock.now() + lookingMs
      viewers.set(actor.id, viewer)
      return request(viewer)
    },
    changed() {
      for (const [id, viewer] of viewers) {
        if (viewer.until < clock.now()) viewers.delete(id)
        else void request(viewer)
      }
    },
    async idle() {
      await Promise.all([...viewers.values()].map((viewer) => viewer.publishing))
    },
    close: () => end.abort(),
  }
}
