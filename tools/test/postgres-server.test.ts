import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startPostgres } from '../servers/postgres.ts'
import { postgresBinaries, systemPostgres } from '../servers/postgres-binaries.ts'

const installations = [postgresBinaries(), ...systemPostgres()]

it.each(installations)('starts the server of %s, restarts it after a kill, and leaves nothing behind', async (bin) => {
  const server = await startPostgres({ bin })
  onTestFinished(() => server.remove())
  const { port, pid, folder } = server

  await expect(accepts(port)).resolves.toBe(true)
  await server.stop('kill')
  await server.start()
  await expect(accepts(port)).resolves.toBe(true)
  expect(server.pid).not.toBe(pid)
  await server.remove()

  await expect(accepts(port)).resolves.toBe(false)
  expect(existsSync(folder)).toBe(false)
})

it('takes the server away when the tests that started it are killed', async () => {
  const program = `
    const { startPostgres } = await import(${JSON.stringify(new URL('../servers/postgres.ts', import.meta.url).href)})
    const server = await startPostgres()
    console.log(JSON.stringify({ port: server.port, folder: server.folder }))
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const { port, folder } = JSON.parse(String(line))
  await expect(accepts(port)).resolves.toBe(true)

  child.kill('SIGKILL')

  for (let tries = 0; tries < 300 && existsSync(folder); tries += 1) await pause(100)
  expect(existsSync(folder)).toBe(false)
  await expect(accepts(port)).resolves.toBe(false)
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
