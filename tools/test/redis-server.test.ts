import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startRedis } from '../servers/redis.ts'

const module = fileURLToPath(new URL('../servers/redis.ts', import.meta.url))

it('starts a Redis server on a free port, and takes its folder away when it is stopped', async () => {
  const [one, other] = await Promise.all([startRedis(), startRedis()])
  const answers = await Promise.all([answerTo('PING\r\n', one.port), answerTo('PING\r\n', other.port)])

  await Promise.all([one.stop(), other.stop()])

  expect(answers).toEqual(['+PONG\r\n', '+PONG\r\n'])
  expect([existsSync(one.folder), existsSync(other.folder)]).toEqual([false, false])
})

it('ends a Redis server that is frozen', async () => {
  const server = await startRedis()
  server.process.signal('SIGSTOP')

  await server.stop()

  expect(existsSync(server.folder)).toBe(false)
})

it('ends a Redis server whose starter was killed', async () => {
  const program = `
    const { startRedis } = await import(${JSON.stringify(module)})
    const server = await startRedis()
    console.log(server.process.pid)
    process.kill(process.pid, 'SIGKILL')
  `
  const killed = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  const pid = await killed.catch((error: { readonly stdout: string }) => Number(error.stdout))

  await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false)
})

it('says why a Redis server did not start', async () => {
  await expect(startRedis({ port: 1, args: ['--no-such-directive', 'yes'] })).rejects.toThrow('no-such-directive')
})

function answerTo(command: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(command))
    socket.once('error', reject)
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer.toString())
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
