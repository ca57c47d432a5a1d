import { Socket } from 'node:net'
import { InvalidArgument } from '@taskspace/core'
import { importModule, sentError } from '@taskspace/core/pool'
import { CHANNEL_FD } from './descriptors.ts'
import { FrameReader, writeFrames } from './frames.ts'
import type { CallAnswer, CallMessage } from './subprocess-messages.ts'

/** Run the one function that the parent names, tell what came of it, and end this process. */
export function serveCall(): void {
  const socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true })
  const reader = new FrameReader<CallMessage>((batch) => {
    for (const call of batch) void answer(socket, call)
  })
  socket.on('data', (chunk) => reader.push(chunk))
  // The parent is gone, or wants nothing more of this process.
  socket.on('end', () => process.exit())
  socket.on('error', () => process.exit())
}

async function answer(socket: Socket, call: CallMessage): Promise<void> {
  const came = await cameOf(call)
  try {
    writeFrames(socket, [came])
  } catch (error) {
    // What it returned cannot be sent.
    writeFrames(socket, [{ kind: 'threw', error: sentError(unsendable(error)) }])
  }
  socket.end(() => process.exit(0))
}

function unsendable(error: unknown): InvalidArgument {
  return new InvalidArgument('result', `invalid result: it cannot be sent (${String(error)})`)
}

async function cameOf({ module, name, args }: CallMessage): Promise<CallAnswer> {
  try {
    const { [name]: run } = await importModule(module)
    if (typeof run !== 'function')
      throw new InvalidArgument('name', `invalid name: ${module} exports no function '${name}'`)
    return { kind: 'returned', value: await run(...args) }
  } catch (error) {
    return { kind: 'threw', error: sentError(error) }
  }
}
