import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMPILERS, compile } from './compiler.ts'

const core = fileURLToPath(new URL('../../', import.meta.url))
const MINUTE = 60_000

// A project as users have it: the package's declarations in node_modules, reachable through its public entry alone.
let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'declarations-'))
  const modules = join(project, 'node_modules')
  await mkdir(join(modules, '@taskspace', 'core'), { recursive: true })
  await symlink(join(core, 'node_modules', '@standard-schema'), join(modules, '@standard-schema'))
  await symlink(join(core, 'node_modules', 'zod'), join(modules, 'zod'))
  await cp(join(core, 'test-types', 'user'), join(project, 'user'), { recursive: true })
  await json('package.json', { type: 'module' })
  await json('node_modules/@taskspace/core/package.json', PACKAGE)
  await json('package.tsconfig.json', PACKAGE_CONFIG)
  await json('user.tsconfig.json', USER_CONFIG)
  await json('consumer.tsconfig.json', CONSUMER_CONFIG)
  expect(await compile(COMPILERS[1]!, ['-p', 'package.tsconfig.json', '--pretty', 'false'], project)).toBe('')
}, MINUTE)

afterAll(() => rm(project, { recursive: true }))

describe.each(COMPILERS)('with TypeScript $version', (compiler) => {
  it("a user's own declarations can be emitted, and keep their types", { timeout: MINUTE }, async () => {
    await rm(join(project, 'out'), { recursive: true, force: true })

    const emitted = await compile(compiler, ['-p', 'user.tsconfig.json', '--pretty', 'false'], project)
    const consumed = await compile(compiler, ['-p', 'consumer.tsconfig.json', '--pretty', 'false'], project)

    expect(emitted).toBe('')
    expect(await readFile(join(project, 'out', 'client.d.ts'), 'utf8')).toContain('@taskspace/core')
    expect(consumed).toBe('')
  })
})

const PACKAGE = {
  name: '@taskspace/core',
  type: 'module',
  exports: { '.': { types: './test-types/api.d.ts' } },
}

const STRICT = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  typeRoots: [join(core, '../../node_modules/@types')],
  strict: true,
  exactOptionalPropertyTypes: true,
}

const EMIT = { declaration: true, emitDeclarationOnly: true, noEmit: false }

const PACKAGE_CONFIG = {
  extends: join(core, '../../tsconfig.base.json'),
  compilerOptions: { ...EMIT, typeRoots: STRICT.typeRoots, rootDir: core, outDir: 'node_modules/@taskspace/core' },
  files: [join(core, 'test-types', 'api.ts')],
}

const USER_CONFIG = {
  compilerOptions: { ...STRICT, ...EMIT, skipLibCheck: true, rootDir: 'user', outDir: 'out' },
  files: ['user/tasks.ts', 'user/client.ts'],
}

const CONSUMER_CONFIG = { compilerOptions: { ...STRICT, noEmit: true }, files: ['user/consumer.ts'] }

function json(path: string, content: object): Promise<void> {
  return writeFile(join(project, path), JSON.stringify(content))
}
