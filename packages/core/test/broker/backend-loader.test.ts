import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { loadBackend } from '../../src/backend-loader.ts'

const backend = { createTaskQueue: () => undefined }

function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}' imported from /somewhere/backend-loader.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
}

it.each([
  ['memory', '@taskspace/memory'],
  ['redis', '@taskspace/redis'],
  ['rediss', '@taskspace/redis'],
  ['postgres', '@taskspace/postgres'],
  ['postgresql', '@taskspace/postgres'],
  ['pglite', '@taskspace/postgres'],
])('loads the backend of %s: from %s', async (scheme, name) => {
  const load = vi.fn(async () => backend)

  expect(await loadBackend(scheme, `${scheme}:`, load)).toBe(backend)

  expect(load).toHaveBeenCalledExactlyOnceWith(name)
})

it.each(['foo', 'http', '', '__proto__', 'constructor', 'toString'])(
  'refuses the scheme %j [WQ-01]',
  async (scheme) => {
    await expect(loadBackend(scheme, `${scheme}://me:secret@host`, async () => backend)).rejects.toMatchObject({
      code: 'INVALID_BROKER_URL',
      message: `invalid broker URL: ${scheme}://***@host`,
    })
  },
)

it('looks for the package as the application sees it', async () => {
  const folder = await application({ name: '@taskspace/redis', exports: './main.js' })
  process.argv[1] = join(folder, 'app.js')
  const seen: string[] = []

  const loaded = await loadBackend('redis', 'redis://host', async (specifier) => {
    seen.push(specifier)
    if (specifier === '@taskspace/redis') throw notFound(specifier)
    return backend
  })

  expect(loaded).toBe(backend)
  expect(seen[1]).toMatch(/^file:.*\/node_modules\/@taskspace\/redis\/main\.js$/)
})

it("says what to install also under yarn's Plug'n'Play, which words it differently", async () => {
  const text =
    "@taskspace/core tried to access @taskspace/redis (a peer dependency) but it isn't provided by its ancestors"

  await expect(
    loadBackend(
      'redis',
      'redis://host',
      async () => {
        throw Object.assign(new Error(text), { code: 'MODULE_NOT_FOUND' })
      },
      () => undefined,
    ),
  ).rejects.toMatchObject({ code: 'BACKEND_MISSING', message: expect.stringContaining('install @taskspace/redis') })
})

it('says what to install if the package is not there', async () => {
  await expect(
    loadBackend(
      'redis',
      'redis://host',
      async (specifier) => Promise.reject(notFound(specifier)),
      () => undefined,
    ),
  ).rejects.toMatchObject({
    code: 'BACKEND_MISSING',
    message: 'this broker URL needs @taskspace/redis: install @taskspace/redis',
  })
})

it('names the package that the backend itself lacks', async () => {
  await expect(loadBackend('redis', 'redis://host', () => Promise.reject(notFound('ioredis')))).rejects.toMatchObject({
    code: 'BACKEND_MISSING',
    message: '@taskspace/redis needs ioredis: install ioredis',
  })
})

it('hands on that a package is broken', async () => {
  const error = notFound('/app/node_modules/@taskspace/redis/dist/index.js')

  await expect(loadBackend('redis', 'redis://host', () => Promise.reject(error))).rejects.toBe(error)
})

it('hands on what goes wrong inside the package', async () => {
  const error = new SyntaxError('odd')

  await expect(loadBackend('redis', 'redis://host', () => Promise.reject(error))).rejects.toBe(error)
})

it('says that a package is no backend', async () => {
  await expect(loadBackend('redis', 'redis://host', async () => ({}))).rejects.toMatchObject({
    code: 'BACKEND_MISSING',
    message: '@taskspace/redis is no backend: it does not export createTaskQueue; update it',
  })
})

/** A folder with an application in it, and a package that it has installed. */
async function application(installed: { readonly name: string; readonly exports: string }): Promise<string> {
  const argument = process.argv[1]
  const folder = await mkdtemp(join(tmpdir(), 'taskspace-'))
  onTestFinished(async () => {
    vi.restoreAllMocks()
    process.argv[1] = argument as string
    await rm(folder, { recursive: true })
  })
  const home = join(folder, 'node_modules', installed.name)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'package.json'), JSON.stringify({ ...installed, type: 'module' }))
  await writeFile(join(home, 'main.js'), '')
  return folder
}
