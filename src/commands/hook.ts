// Lets other services start workflows: finds the webhook that a request is for, and starts it like everybody does. Whether
// the request may do so at all was decided before, by its signature.
import { durationMs } from '../definition/duration.ts'
import type { Version } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import { startInputs } from '../triggers/start-inputs.ts'
import { inputsFromBody, type WebhookNode } from '../triggers/webhook.ts'
import { findVersionSoon } from './find.ts'
import { startExecution } from './start.ts'
import type { Services } from './types.ts'

/** How long a delivery is remembered, so that its repetition starts nothing. */
const onceWindowMs = 24 * 60 * 60 * 1000

export interface Hook {
  workflowId: string
  version: Version
  node: WebhookNode
  /** The name of the secret with which its requests are signed. */
  secret: string
  /** How old its requests may be; undefined when they do not say how old they are. */
  toleranceMs: number | undefined
}

export interface Delivery {
  body: Json
  /** What its sender calls it; undefined when it has no name. The signature does not cover it. */
  id: string | undefined
  /** Nobody but the sender can make another one. */
  signature: string
}

/** The webhook of this name in the version in service, or in the first one that waits to be. */
export function findHook({ catalog }: Services, workflowId: string, node: string): Hook | undefined {
  const { version: active, draft } = catalog.get(workflowId) ?? {}
  // What is asked of a first version is answered when it is known whether it may answer.
  const version = active ?? draft
  const found = version?.definition.nodes.find(({ name, type }) => name === node && type === 'webhook')
  if (!version || !found) return undefined
  const { secret, tolerance } = found as WebhookNode
  const toleranceMs = tolerance === undefined ? undefined : durationMs(tolerance)
  return { workflowId, version, node: found as WebhookNode, secret, toleranceMs }
}

/**
 * Each delivery starts one execution in all. Throws `workflow.not_active`, `hook.refused` for a webhook that is not what
 * it was when the request was checked, `inputs.invalid` and what `startExecution` throws.
 */
export async function startByHook(
  services: Services,
  hook: Hook,
  delivery: Delivery,
): Promise<{ executionId: string; started: boolean }> {
  const { workflowId } = hook
  await findVersionSoon(services, workflowId)
  const now = findHook(services, workflowId, hook.node.name)
  // The sender has signed for another version.
  if (!now || now.secret !== hook.secret)
    throw new WorkflowError('hook.refused', 'This request is not accepted.')
  const { version, node } = now
  const { name, type } = node
  const given = inputsFromBody(node, delivery.body)
  const inputs = startInputs(version.definition, node, given, services.records)
  const id = `${workflowId}/${name}`
  const key = `hook:${id}:${await deliveryKey(services, hook, delivery, id)}`
  return startExecution(services, {
    version,
    trigger: { node: name, type },
    inputs,
    startedBy: { kind: 'webhook', id, name },
    once: { key, windowMs: onceWindowMs },
  })
}

/**
 * The name of the delivery; without one, its signature. Where signatures cover the time, each belongs to one delivery: the
 * same request under another name is a copy that somebody made, and counts as what it was sent as first.
 */
async function deliveryKey(
  { claims }: Services,
  { toleranceMs }: Hook,
  { id, signature }: Delivery,
  hook: string,
): Promise<string> {
  if (toleranceMs === undefined || id === undefined)
    return id === undefined ? `signature ${signature}` : `id ${id}`
  const { value } = await claims.claim(`hook-seen:${hook}:${signature}`, `id ${id}`)
  return value
}
