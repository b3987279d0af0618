// All actions. Adding one is a file and a line here.
import type { Action } from '../engine/action.ts'
import { type CodePorts, codeAction } from './code.ts'
import { notifyAction } from './notify.ts'

export type ActionPorts = CodePorts

export function createActions(ports: ActionPorts): Action[] {
  return [codeAction(ports), notifyAction(ports)]
}
