// What workflows have to say: notifications, posted once per key.
import type { Messenger, OutgoingMessage } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { SlackClients } from './clients.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import { createPostOnce } from './posting.ts'
import { inputsTooLong, renderNotification } from './render/notification.ts'

/** Needs the clients and the links alone, so that actions can be built before the app is. */
export function createMessenger(
  clients: SlackClients,
  options: { links: SurfaceLinks; clock: Clock; log: Log },
): Messenger {
  const { links } = options
  const postOnce = createPostOnce(clients, options)

  async function keepInputs(message: OutgoingMessage, key: string): Promise<void> {
    for (const [index, button] of (message.buttons ?? []).entries()) {
      if (button.does === 'run_workflow' && inputsTooLong(button)) {
        await links.set(inputsKey(key, index), button.inputs ?? {})
      }
    }
  }

  return {
    post: (message, key) =>
      postOnce(
        {
          to: message.to,
          async message() {
            await keepInputs(message, key)
            return renderNotification(message, (index) => inputsKey(key, index))
          },
        },
        key,
      ),
  }
}

export function inputsKey(key: string, index: number): string {
  return `slack:inputs:${key}:${index}`
}
