// Finds what a request of the control API talks about, through the eyes of the person who asks: nobody can press what
// they do not see.
import type { ControlRequests, SimulatedChannel, SimulatedUser } from './control.ts'
import type { Located } from './controls.ts'
import type { Core } from './core.ts'
import { ControlRefusal } from './refusal.ts'
import { type KeptView, locate } from './views.ts'
import type { StoredMessage } from './workspace.ts'

/** Where an element stands: in a message or in a view. */
export type Place =
  | { message: StoredMessage; channel: SimulatedChannel; view?: undefined }
  | { view: KeptView; message?: undefined }

export type MessagePlace = Extract<Place, { channel: SimulatedChannel }>

/** Every method throws ControlRefusal: `no_such_…` with 404, `not_in_channel` with 403. */
export class Places {
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
  }

  person(id: string): SimulatedUser {
    const user = this.core.workspace.users.get(id)
    if (!user || user.is_bot) throw new ControlRefusal('no_such_user', `Nobody here has the id ${id}.`, 404)
    return user
  }

  member(userId: string, channelId: string): { user: SimulatedUser; channel: SimulatedChannel } {
    const user = this.person(userId)
    const channel = this.core.workspace.channels.get(channelId)
    if (!channel?.members.includes(user.id))
      throw new ControlRefusal('not_in_channel', `${user.name} is not a member of ${channelId}.`, 403)
    return { user, channel }
  }

  place(user: SimulatedUser, where: ControlRequests['action']['in']): Place {
    const { workspace, views } = this.core
    if ('view_id' in where) {
      const view = views.find(where.view_id)
      if (!view || view.user !== user.id)
        throw new ControlRefusal('no_such_view', `${user.name} sees no view ${where.view_id}.`, 404)
      return { view }
    }
    const channel = workspace.channels.get(where.channel)
    const message = workspace.find(where.channel, where.ts)
    const hidden = message?.ephemeral_for !== undefined && message.ephemeral_for !== user.id
    if (!channel || !message || hidden || !workspace.sees(user, channel))
      throw new ControlRefusal('no_such_message', `${user.name} sees no such message.`, 404)
    return { message, channel }
  }

  element(place: Place, action_id: string, block_id?: string): Located {
    const blocks = place.view ? (place.view.view.blocks as unknown[]) : (place.message.blocks ?? [])
    const located = locate(blocks, action_id, block_id)
    if (!located) {
      const where = block_id === undefined ? '' : ` in block "${block_id}"`
      throw new ControlRefusal('no_such_element', `There is no "${action_id}"${where}.`, 404)
    }
    return located
  }

  topModal(user: SimulatedUser, viewId: string): KeptView {
    const top = this.core.views.stack(user.id).at(-1)
    if (top?.id !== viewId)
      throw new ControlRefusal('no_such_view', `${user.name} has no modal ${viewId} on top.`, 404)
    return top
  }
}
