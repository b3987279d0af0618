// Who may use the API: with a token whoever shows it, without one this machine alone. Browsers are on this machine too,
// so that without a token a page from elsewhere must not get through by DNS rebinding or a cross-site request.
import { createHash, timingSafeEqual } from 'node:crypto'
import { WorkflowError } from '../errors.ts'
import { isLoopbackAddress, isLoopbackHost } from '../loopback.ts'

export interface Caller {
  /** Address of the other end of the connection; undefined when it cannot be told, which counts as foreign. */
  address: string | undefined
  header(name: string): string | undefined
}

/**
 * Throws `api.token_missing`, `api.token_wrong` (401), `api.only_loopback`, `api.wrong_host` or `api.wrong_origin` (403).
 */
export function admit(caller: Caller, token: string | undefined): void {
  if (token === undefined) admitThisMachine(caller)
  else admitToken(caller.header('authorization'), token)
}

function admitToken(authorization: string | undefined, token: string): void {
  if (authorization === undefined) {
    throw new WorkflowError('api.token_missing', 'This API asks for a token.', {
      hint: 'Send Authorization: Bearer <API_TOKEN>.',
    })
  }
  const shown = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (shown === undefined || !sameSecret(shown, token)) {
    throw new WorkflowError('api.token_wrong', 'The token is not the right one.', {
      hint: 'It must be the API_TOKEN that the bot was started with, as Authorization: Bearer <API_TOKEN>.',
    })
  }
}

/** Takes equally long wherever the two differ, and however long they are. */
function sameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

function admitThisMachine({ address, header }: Caller): void {
  const hint = 'Set API_TOKEN and send it as Authorization: Bearer <API_TOKEN>.'
  // A proxy on this machine would make every caller look local.
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => header(name))
  if (address === undefined || !isLoopbackAddress(address) || forwarded) {
    throw new WorkflowError('api.only_loopback', 'Without a token the API serves this machine alone.', {
      hint,
    })
  }
  const host = header('host') ?? ''
  if (!isLoopbackHost(host.replace(/:\d*$/, ''))) {
    throw new WorkflowError(
      'api.wrong_host',
      'The request was addressed to another host than this machine.',
      {
        hint: `Use localhost or 127.0.0.1 in the address. ${hint}`,
      },
    )
  }
  const origin = header('origin')
  const site = header('sec-fetch-site') ?? 'none'
  if ((origin !== undefined && origin !== `http://${host}`) || !['none', 'same-origin'].includes(site)) {
    throw new WorkflowError('api.wrong_origin', 'Pages from elsewhere may not use the API.', { hint })
  }
}
