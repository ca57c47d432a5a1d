import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'

it('passes bytes through, both ways', async () => {
  const { proxy } = await proxied()
  const client = await dial(proxy)

  expect(await client.ask('a')).toBe('A')
})

it('resets all connections', async () => {
  const { proxy } = await proxied()
  const [one, other] = [await dial(proxy), await dial(proxy)]
  await Promise.all([one.ask('a'), other.ask('b')])

  proxy.reset()

  expect(await Promise.all([one.end, other.end])).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(await (await dial(proxy)).ask('c')).toBe('C')
})

it('holds back what comes while it is frozen, and passes it on late', async () => {
  const { proxy, received } = await proxied()
  const client = await dial(proxy)
  await client.ask('a')

  proxy.freeze()
  const answer = client.ask('b')
  await expect.poll(() => proxy.held).toBe(1)
  const heldBack = [...received]
  proxy.thaw()

  expect(heldBack).toEqual(['a'])
  expect(await answer).toBe('B')
})

it('keeps connections dead that were there', async () => {
  const { proxy, received } = await proxied()
  const client = await dial(proxy)
  proxy.freeze()
  client.socket.write('b')
  await expect.poll(() => proxy.held).toBe(1)

  proxy.thaw({ late: false })
  client.socket.write('c')
  await (await dial(proxy)).ask('d')

  expect(received).toEqual(['d'])
  expect(client.socket.readyState).toBe('open')
})

it('takes no connections until told to, on the same port', async () => {
  const { proxy } = await proxied()
  const { port } = proxy

  await proxy.refuse()
  await expect(dial(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await proxy.accept()

  expect(proxy.port).toBe(port)
  expect(await (await dial(proxy)).ask('a')).toBe('A')
})

it.each([
  ['requests', ['a']],
  ['replies', ['a', 'b']],
] as const)('cuts a connection at its next %s', async (direction, expected) => {
  const { proxy, received } = await proxied()
  const client = await dial(proxy)
  await client.ask('a')

  proxy.cutAtNext(direction)
  client.socket.write('b')

  expect(await client.end).toBe('ECONNRESET')
  expect(received).toEqual(expected)
  expect(await (await dial(proxy)).ask('c')).toBe('C')
})

/** A server that answers in capitals, behind a proxy. */
async function proxied(): Promise<{ readonly proxy: FaultProxy; readonly received: string[] }> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received.push(bytes.toString())
      socket.write(bytes.toString().toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startFaultProxy((server.address() as { port: number }).port)
  onTestFinished(async () => {
    await proxy.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { proxy, received }
}

async function dial(proxy: FaultProxy) {
  const socket = connect(proxy.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const end = new Promise<string | undefined>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.once('close', () => resolve(undefined))
  })
  const ask = async (text: string): Promise<string> => {
    const answer = once(socket, 'data')
    socket.write(text)
    return String((await answer)[0])
  }
  return { socket, end, ask }
}
