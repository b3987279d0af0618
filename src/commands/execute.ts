// The one way from a request to its result, whoever asks and from wherever: finds the command, checks its input, checks
// what the person may do, runs it over what they may see, and writes down what changed.
import type { AccessRight } from '../definition/schema.ts'
import type { Actor, Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { governing, ownList, type Rights, rightsOf } from './access.ts'
import { clipText, writeAudit } from './audit-facts.ts'
import { unknownExecution, unknownWorkflow } from './find.ts'
import { commandList } from './index.ts'
import { refusedEverywhere, refusedOn, refusedToAllButAdmins } from './refusal.ts'
import type { AnyCommand, CommandContext, CommandResult, RunContext, Services } from './types.ts'
import { visibleServices } from './view.ts'

/**
 * Throws `command.unknown`, `command.bad_input`; `access.refused` (what it takes, and whom to ask);
 * `access.cannot_check` when it cannot be found out who somebody is; `audit.not_written` when it was done but could not
 * be written down; and what the command throws. A workflow that the person may not see is `workflow.unknown`, as one
 * that does not exist.
 */
export async function executeCommand(
  name: string,
  rawInput: unknown,
  context: CommandContext,
): Promise<CommandResult> {
  const command = commandList.find((known) => known.name === name)
  if (!command) {
    throw new WorkflowError('command.unknown', `There is no command "${clipText(name, 60)}".`, {
      hint: 'The command help shows all of them.',
    })
  }
  const rights = rightsOf(context.actor, context.services)
  await admitted({ command, context, rights })
  const input = checkedInput(command, rawInput)
  const request: Request = { command, context, rights, ...subjectOf(input) }
  const services = await allowed(request)
  const run: RunContext = {
    ...context,
    services,
    mayUse: (other) => (other.needs === 'admin' ? rights.isAdmin() : rights.mayAnywhere(other.needs)),
  }
  let result: CommandResult
  try {
    result = await command.run(input as never, run)
  } catch (thrown) {
    if (thrown instanceof WorkflowError && refusals.has(thrown.code)) await noteRefusal(request, thrown.code)
    throw thrown
  }
  const fact = command.audit?.(input as never, result)
  if (fact) await writeAudit(context, fact)
  return result
}

/** What a surface may show of workflows before anything is asked: for suggestions and for the home tab. */
export async function visibleTo(actor: Actor, services: Services): Promise<Services> {
  return visibleServices(services, rightsOf(actor, services))
}

interface Request {
  command: AnyCommand
  context: CommandContext
  rights: Rights
  workflowId?: string
  executionId?: string
}

/** Refused by rules of their own, inside a command. */
const refusals = new Set(['approval.not_yours', 'approval.own_request', 'workflow.locked'])

function checkedInput(command: AnyCommand, rawInput: unknown): JsonObject {
  const checked = command.input.safeParse(rawInput)
  if (checked.success) return checked.data as JsonObject
  const [first] = checked.error.issues
  const field = first?.path.join('.') ?? ''
  const given = typeof rawInput === 'object' && rawInput !== null ? (rawInput as JsonObject) : {}
  const wants = /<([^>]+)>/.exec(command.usage)?.[1]
  const missing = first?.path.length === 1 && given[field] === undefined
  const message =
    missing && wants
      ? `“${command.name}” needs to know which ${wants}.`
      : `I do not understand this use of “${command.name}”${field ? `: ${clipText(field, 60)} – ${first?.message}` : ''}.`
  throw new WorkflowError('command.bad_input', message, {
    hint: `Write it like this: /workflow ${command.examples[0] ?? command.usage}`,
  })
}

function subjectOf(input: JsonObject): { workflowId?: string; executionId?: string } {
  const { workflowId, executionId } = input
  if (typeof workflowId === 'string') return { workflowId }
  return typeof executionId === 'string' ? { executionId } : {}
}

/** What can be refused before anybody looks at the input, so that who may do nothing learns nothing of it. */
async function admitted(request: Request): Promise<void> {
  const { command, context, rights } = request
  const { access } = context.services
  // Who is asked for a decision may make it without any other right: that is known from the execution alone.
  if (command.needs !== 'approve' && !(await rights.mayAnywhere('see')))
    throw await refused(request, refusedEverywhere('see', access))
  if (command.needs === 'admin' && !(await rights.isAdmin()))
    throw await refused(request, refusedToAllButAdmins(command.name, access))
}

/** The services for the command to work on. Throws unless the person may do it. */
async function allowed(request: Request): Promise<Services> {
  const { command, context, rights, workflowId, executionId } = request
  const { services } = context
  const { needs } = command
  if (needs === 'admin') return services
  const report = executionId === undefined ? undefined : await findAny(services, executionId)
  const isAsked = needs === 'approve' && report !== undefined && (await isNamed(request, report))
  if (!isAsked && !(await rights.mayAnywhere('see'))) {
    throw await refused(request, refusedEverywhere('see', services.access))
  }
  const visible = await visibleServices(services, rights, isAsked ? executionId : undefined)
  if (isAsked) return visible
  const id = workflowId ?? report?.workflow.id
  if (id === undefined) {
    if (executionId !== undefined) throw unknownExecution(executionId)
    if (await rights.mayAnywhere(needs)) return visible
    throw await refused(request, refusedEverywhere(needs, services.access))
  }
  const definition = await governing(services, id)
  if (!(await rights.may('see', id))) {
    const unknown = executionId === undefined ? unknownWorkflow(visible, id) : unknownExecution(executionId)
    throw definition ? await refused(request, unknown) : unknown
  }
  if ((await rights.may(needs, id)) || isOwnExecution(needs, report, context.actor)) return visible
  throw await refused(request, refusedOn(needs, id, definition ?? {}, services.access))
}

async function findAny({ engine, history }: Services, executionId: string): Promise<Report | undefined> {
  return engine.info(executionId) ?? (await history.report(executionId))
}

/** Whoever started an execution may stop it. */
function isOwnExecution(needs: AccessRight, report: Report | undefined, actor: Actor): boolean {
  return needs === 'cancel' && report?.startedBy.kind === actor.kind && report.startedBy.id === actor.id
}

/** A question that names people needs no further right, unless the workflow says who may decide. */
async function isNamed({ context, rights }: Request, report: Report): Promise<boolean> {
  const definition = await governing(context.services, report.workflow.id)
  if (ownList(definition?.access, 'approve')) return false
  for (const node of report.nodes) {
    if (node.status !== 'waiting' || node.waitingFor.kind !== 'person') continue
    const { users, groups } = node.waitingFor.rules
    if (await rights.isAmong(users, groups)) return true
  }
  return false
}

async function refused(request: Request, error: WorkflowError): Promise<WorkflowError> {
  await noteRefusal(request, error.code)
  return error
}

/** A refusal stands whether it could be written down or not. */
async function noteRefusal({ command, context, ...subject }: Request, code: string): Promise<void> {
  const { workflowId, executionId } = subject
  const details = { command: command.name, needs: command.needs, answer: code }
  const named = clipText(workflowId ?? executionId ?? command.name, 200)
  await writeAudit(context, { action: 'access.refused', subject: named, details }).catch(() => undefined)
}
