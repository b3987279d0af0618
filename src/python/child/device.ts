// The device through which Python talks to the bot: every write is one whole message, so nothing can be left half said.
// It counts, caps and paces; what Python says here is never trusted further than one node's own result.
import { FROM_CHILD, TO_CHILD } from '../frames.ts'
import type { FsModule, FsStream } from './files.ts'
import { EXIT, leave, receive, send } from './pipe.ts'
import type { RunLimits } from './start.ts'

const EINVAL = 28
const EFBIG = 22
/** Past this many times the limit of output, a node is not chatty but runaway, and ends. */
const RUNAWAY_OUTPUT = 64
const PIECE_COST = 8
/** Each line is told once; more than a file has lines is a forgery, and ignored. */
const MAX_LINES = 4096

export interface DeviceRun {
  result: Buffer | null
  resultRefused: boolean
  droppedBytes: number
  callsRefused: boolean
}

export interface Device {
  begin(limits: RunLimits, request: Uint8Array): void
  end(): DeviceRun
}

export interface DeviceClock {
  /** Milliseconds until the soft deadline; never less than 0. */
  leftMs(): number
  /** A sleep was cut short because it would have gone past the deadline. */
  overslept(): void
}

export function createDevice(FS: FsModule, clock: DeviceClock): Device {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let limits: RunLimits | null = null
  let pending = Buffer.alloc(0)
  let calls = 0
  let printedBytes = 0
  let lines = 0
  let run: DeviceRun = fresh()

  function fresh(): DeviceRun {
    return { result: null, resultRefused: false, droppedBytes: 0, callsRefused: false }
  }
  function refuse(errno: number): never {
    throw new FS.ErrnoError(errno)
  }
  function offer(bytes: Buffer): void {
    pending = Buffer.concat([Buffer.from(String(bytes.length).padStart(12), 'latin1'), bytes])
  }
  function call(body: Buffer): void {
    if (!limits || pending.length > 0) refuse(EINVAL)
    if (calls >= limits.hostCalls) {
      run.callsRefused = true
      const error = {
        code: 'python.call_limit',
        message: `More than ${limits.hostCalls} calls of built-ins in one node.`,
      }
      offer(Buffer.from(JSON.stringify({ error })))
      return
    }
    if (body.length > limits.resultBytes) {
      const error = {
        code: 'python.result_limit',
        message: `The arguments are ${body.length} bytes as JSON; the limit is ${limits.resultBytes}.`,
      }
      offer(Buffer.from(JSON.stringify({ error })))
      return
    }
    calls++
    send(FROM_CHILD.call, body)
    offer(receive([TO_CHILD.answer]).body)
  }
  function print(stream: number, bytes: Uint8Array): void {
    if (!limits) return
    const room = Math.max(0, limits.outputBytes - printedBytes)
    const kept = bytes.subarray(0, room)
    // Each piece costs the bot something too, so that many tiny ones are no way around the limit.
    printedBytes += bytes.length + PIECE_COST
    run.droppedBytes += bytes.length - kept.length
    if (kept.length > 0) send(FROM_CHILD.print, Buffer.concat([Buffer.from([stream]), kept]))
    if (run.droppedBytes > limits.outputBytes * RUNAWAY_OUTPUT) leave(EXIT.outputLimit)
  }

  const ops = {
    open() {},
    close() {},
    read(_stream: FsStream, buffer: Uint8Array, offset: number, length: number) {
      const count = Math.min(length, pending.length)
      buffer.set(pending.subarray(0, count), offset)
      pending = pending.subarray(count)
      return count
    },
    write(_stream: FsStream, buffer: Uint8Array, offset: number, length: number) {
      if (!limits || length < 1) refuse(EINVAL)
      const body = Buffer.from(buffer.subarray(offset + 1, offset + length))
      switch (String.fromCharCode((buffer[offset] as number) & 0xff)) {
        case 'C':
          call(body)
          break
        case 'R':
          if (run.result || run.resultRefused) refuse(EINVAL)
          if (body.length > limits.resultBytes + 65536) {
            run.resultRefused = true
            refuse(EFBIG)
          }
          run.result = body
          break
        case 'S': {
          if (body.length !== 8) refuse(EINVAL)
          const wantedMs = Math.max(0, body.readDoubleLE(0) * 1000) || 0
          const leftMs = clock.leftMs()
          Atomics.wait(pause, 0, 0, Math.min(wantedMs, leftMs))
          if (wantedMs > leftMs) clock.overslept()
          break
        }
        case 'L':
          if (body.length !== 4) refuse(EINVAL)
          if (lines++ < MAX_LINES) send(FROM_CHILD.line, body)
          break
        default:
          refuse(EINVAL)
      }
      return length
    },
    llseek: () => refuse(70),
  }
  const output = (stream: number) => ({
    open() {},
    close() {},
    read: () => 0,
    write(_stream: FsStream, buffer: Uint8Array, offset: number, length: number) {
      print(stream, Buffer.from(buffer.subarray(offset, offset + length)))
      return length
    },
    llseek: () => refuse(70),
  })

  // The standard descriptors and ours, in this order: 0 to 3.
  const major = FS.createDevice.major++
  const nodes = [output(0), output(1), output(2), ops].map((one, minor) => {
    const dev = FS.makedev(major, minor)
    FS.registerDevice(dev, one)
    return dev
  })
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
    FS.unlink(`/dev/${name}`)
    FS.mkdev(`/dev/${name}`, 0o666, nodes[fd] as number)
  }
  FS.mkdev('/dev/bot', 0o666, nodes[3] as number)
  for (let fd = 0; fd < FS.streams.length; fd++) if (FS.streams[fd]) FS.closeStream(fd)
  FS.streams.length = 0
  const opened = ['stdin', 'stdout', 'stderr', 'bot'].map((name, fd) =>
    FS.open(`/dev/${name}`, fd === 0 ? 'r' : 'r+'),
  )
  if (opened.some((stream, fd) => stream.fd !== fd)) leave(EXIT.unfit)
  FS.unlink('/dev/bot')
  const flags = opened.map((stream) => stream.flags)

  return {
    begin(next, request) {
      limits = next
      calls = 0
      printedBytes = 0
      lines = 0
      run = fresh()
      // The code of an earlier node of the same execution may have closed them, or put others in their place.
      for (const [fd, stream] of opened.entries())
        FS.streams[fd] = Object.assign(stream, { fd, flags: flags[fd] })
      offer(Buffer.from(request))
    },
    end() {
      limits = null
      pending = Buffer.alloc(0)
      return run
    },
  }
}
