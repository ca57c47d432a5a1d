import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, fromTarballs } from '../consumer.ts'
import { npm } from '../layout.ts'

const compilers = [
  ['5.9', 'typescript-5.9', 'bin/tsc'],
  ['6', 'typescript', 'bin/tsc6'],
  ['7', '@typescript/native', 'bin/tsc'],
] as const

const settings = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: false,
  declaration: true,
  outDir: 'out',
}

describe('the published declarations', () => {
  const consumer = new Consumer('declarations')

  beforeAll(async () => {
    consumer.copyProgram('tasks.ts')
    consumer.copyProgram('client.ts')
    await npm.install(consumer, { ...fromTarballs('core', 'memory', 'testing'), '@types/node': '22.20.1' })
  })
  afterAll(() => consumer.remove())

  describe.each(compilers)('on TypeScript %s', (version, compiler, bin) => {
    const tsc = fileURLToPath(new URL(bin, import.meta.resolve(`${compiler}/package.json`)))

    it.each([
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])("type a user's program with module %s", async (module, moduleResolution) => {
      consumer.write('tsconfig.json', {
        compilerOptions: { ...settings, module, moduleResolution },
        files: ['client.ts'],
      })

      expect(await consumer.run(process.execPath, [tsc, '--version'])).toContain(`Version ${version}`)
      expect(await consumer.run(process.execPath, [tsc])).toBe('')
    })
  })
})
