// All actions. Adding one is a file and a line here.
import type { Action } from '../engine/action.ts'
import { type ApprovalPorts, approvalAction } from './approval.ts'
import { type CodePorts, codeAction } from './code.ts'
import { type HttpPorts, httpAction } from './http.ts'
import { notifyAction } from './notify.ts'
import type { Workflows } from './ports.ts'
import { waitAction } from './wait.ts'
import { workflowAction } from './workflow.ts'

export type ActionPorts = CodePorts & ApprovalPorts & HttpPorts & { workflows: Workflows }

export function createActions(ports: ActionPorts): Action[] {
  return [
    codeAction(ports),
    notifyAction(ports),
    httpAction(ports),
    approvalAction(ports),
    waitAction(ports),
    workflowAction(ports),
  ]
}
