// Keeps the home tab fresh: published when somebody opens it, and again for those who looked lately whenever something
// changes.
import type { BlockAction } from '@slack/bolt'
import { z } from 'zod'
import type { Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { errorInfo, WorkflowError } from '../errors.ts'
import { rateLimitMs } from './call.ts'
import type { SlackClients } from './clients.ts'
import { changeFavourites } from './favourites.ts'
import { homeContent, type Upcoming } from './home-content.ts'
import type { Log } from './ports.ts'
import {
  type HomeState,
  homeIds,
  homeLists,
  newHomeState,
  renderClosedHome,
  renderHome,
  showMore,
} from './render/home.ts'

/** So long after opening it, a home tab is kept fresh. */
const lookingMs = 15 * 60_000
/**
 * `views.publish` is tier 4, 100 a minute and more for all people together: the more people look, the longer each waits
 * for what others did. What somebody does on their own tab shows at once.
 */
const pace = { firstMs: 1000, eachMs: 700 }

export interface Home {
  /** Publishes for this person now, and keeps it fresh for a while. */
  opened(actor: Actor): Promise<void>
  /** Something was pressed or chosen on somebody's tab. Rejects what the store rejects. */
  acted(body: BlockAction, actor: Actor): Promise<void>
  /** Something changed: everybody who looked lately gets it. */
  changed(): void
  idle(): Promise<void>
  close(): void
}

interface Viewer {
  actor: Actor
  until: number
  state: HomeState
  publishing?: Promise<void>
  again: boolean
  /** Ends the wait before the next publication. */
  hurry: AbortController
}

const stateSchema = z.object({
  search: z.string().max(100),
  field: z.number(),
  shown: z.record(z.enum(homeLists), z.number()),
})

export function createHome(options: {
  clients: SlackClients
  services: Services
  /** The next starts by the clock, where there is one. */
  upcoming?: Upcoming
  clock: Clock
  log: Log
}): Home {
  const { clients, services, upcoming = () => [], clock, log } = options
  const viewers = new Map<string, Viewer>()
  const end = new AbortController()

  async function viewOf({ actor, state }: Viewer) {
    try {
      return renderHome(await homeContent(actor, state, { services, upcoming }), state, clock.now())
    } catch (thrown) {
      if (thrown instanceof WorkflowError) return renderClosedHome(errorInfo(thrown))
      throw thrown
    }
  }

  async function pause(viewer: Viewer): Promise<void> {
    const ms = pace.firstMs + pace.eachMs * (viewers.size - 1)
    await clock.sleep(ms, AbortSignal.any([viewer.hurry.signal, end.signal])).catch(() => {})
    if (viewer.hurry.signal.aborted) viewer.hurry = new AbortController()
  }

  async function publish(viewer: Viewer): Promise<void> {
    do {
      viewer.again = false
      try {
        const view = await viewOf(viewer)
        await clients.progress.views.publish({ user_id: viewer.actor.id, view })
        if (viewer.again) await pause(viewer)
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

  function looking(actor: Actor, state?: HomeState): Viewer {
    const viewer = viewers.get(actor.id) ?? {
      actor,
      until: 0,
      state: newHomeState(),
      again: false,
      hurry: new AbortController(),
    }
    viewer.until = clock.now() + lookingMs
    if (state) viewer.state = state
    viewers.set(actor.id, viewer)
    return viewer
  }

  return {
    opened: (actor) => request(looking(actor)),

    async acted({ actions: [action], view }, actor) {
      const read = stateSchema.safeParse(JSON.parse(view?.private_metadata || 'null'))
      const viewer = looking(actor, read.success ? (read.data as HomeState) : undefined)
      const { state } = viewer
      const [what] = action?.action_id.split(':') ?? []
      if (what === homeIds.more && action?.type === 'button') {
        const list = homeLists.find((known) => known === action.value)
        if (list) viewer.state = showMore(state, list)
      } else if (what === homeIds.search && action?.type === 'plain_text_input') {
        viewer.state = { ...newHomeState(), field: state.field, search: (action.value ?? '').trim() }
      } else if (what === homeIds.clear) {
        viewer.state = { ...newHomeState(), field: state.field + 1 }
      } else if (what === homeIds.favourites && action?.type === 'multi_static_select') {
        const chosen = action.selected_options.map(({ value }) => value)
        const offered = offeredIn(view)
        await changeFavourites(services.records, actor.id, (before) => [
          ...before.filter((id) => !offered.has(id)),
          ...chosen,
        ])
      }
      viewer.hurry.abort()
      await request(viewer)
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

/** The choices that the favourites were chosen from: others are left as they were. */
function offeredIn(view: BlockAction['view']): Set<string> {
  const ids = new Set<string>()
  for (const block of view?.blocks ?? []) {
    const accessory = 'accessory' in block ? block.accessory : undefined
    if (accessory?.type !== 'multi_static_select') continue
    for (const option of accessory.options ?? []) if (option.value) ids.add(option.value)
  }
  return ids
}
