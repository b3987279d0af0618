// Opens a modal with the permission that a click or command gives: once, within three seconds.
import type { ModalView } from '@slack/types'
import { WorkflowError } from '../errors.ts'
import { rateLimitMs, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'

const tooLate = new Set([
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
  'trigger_expired',
])

/** Throws `slack.too_late` when Slack does not let us any more; its other refusals pass through. */
export async function openView({ answers }: SlackClients, trigger: string, view: ModalView): Promise<void> {
  try {
    await answers.views.open({ trigger_id: trigger, view })
  } catch (thrown) {
    if (!tooLate.has(slackError(thrown) ?? '') && rateLimitMs(thrown) === undefined) throw thrown
    throw new WorkflowError('slack.too_late', 'Slack did not let me open the form in time.', {
      hint: 'Please try once more.',
      cause: thrown,
    })
  }
}
