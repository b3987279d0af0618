// Whether a request was signed with a secret: HMAC-SHA256 over its raw body, with its time in front where it has one.
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SignedRequest {
  /** `X-Signature-256`: `sha256=` and 64 hexadecimal digits. */
  signature: string | undefined
  /** `X-Timestamp`: seconds since 1970. */
  timestamp: string | undefined
  body: Uint8Array
}

export interface SignatureRules {
  secret: string
  /** The request must carry a timestamp that differs at most so much from `nowMs`, and sign `<timestamp>.<body>`. */
  toleranceMs: number | undefined
  nowMs: number
}

/** The signature in lower case when it is the right one; undefined otherwise. Takes equally long wherever it differs. */
export function checkedSignature(
  { signature, timestamp, body }: SignedRequest,
  { secret, toleranceMs, nowMs }: SignatureRules,
): string | undefined {
  const shown = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '')?.[1]?.toLowerCase()
  const stamped = toleranceMs !== undefined
  const hmac = createHmac('sha256', secret)
  if (stamped) hmac.update(`${timestamp ?? ''}.`)
  const right = hmac.update(body).digest()
  const same = timingSafeEqual(Buffer.from(shown ?? '0'.repeat(64), 'hex'), right)
  if (shown === undefined || !same) return undefined
  if (!stamped) return shown
  const timely =
    /^\d{1,12}$/.test(timestamp ?? '') && Math.abs(nowMs - Number(timestamp) * 1000) <= toleranceMs
  return timely ? shown : undefined
}
