import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server that answers each command by what `answer` makes of its first two words; its URL. */
export async function fakeServer(answer: (command: string) => string): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      for (const command of commandsIn(bytes.toString())) socket.write(answer(command))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  return `redis://127.0.0.1:${address.port}`
}

/** A server that answers as one does that has not heard of much: its INFO is this. */
export function serverThatSays(info: Readonly<Record<string, string>>): Promise<string> {
  const text = Object.entries(info)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')
  return fakeServer((command) => {
    if (command === 'hello') return "-ERR unknown command 'HELLO'\r\n"
    if (command === 'info') return `$${text.length}\r\n${text}\r\n`
    return '+OK\r\n'
  })
}

/** The names of the commands in a piece of the Redis protocol. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)].map(([, name]) => (name ?? '').toLowerCase())
}
