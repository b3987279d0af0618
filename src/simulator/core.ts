// The parts of one running simulator, passed as one thing to the Web API's methods and to what people do.
import type { Files } from './files.ts'
import type { Grants } from './grants.ts'
import type { SocketMode } from './socket.ts'
import type { Views } from './views.ts'
import type { Workspace } from './workspace.ts'

export interface Core {
  workspace: Workspace
  views: Views
  grants: Grants
  files: Files
  socket: SocketMode
  /** The simulator's own address, without a slash at the end. */
  url: () => string
}
