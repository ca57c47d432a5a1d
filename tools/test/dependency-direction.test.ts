import { describe, expect, it } from 'vitest'
import { dependenciesInWrongDirection, importsInWrongDirection } from '../dependency-direction.ts'
import { trackedFiles } from '../tracked-files.ts'

const violations: [what: string, path: string, text: string, complaint: string][] = [
  ['core imports a backend', 'core/src/broker.ts', `import '@taskspace/memory'`, `imports '@taskspace/memory'`],
  ['core imports itself by name', 'core/src/a.ts', `export * from '@taskspace/core'`, `imports '@taskspace/core'`],
  [
    'core imports a type of a pool',
    'core/src/a.ts',
    `type P = import('@taskspace/thread-pool').P`,
    `imports '@taskspace/thread-pool'`,
  ],
  [
    'core starts threads',
    'core/src/a.ts',
    `import { Worker } from 'node:worker_threads'`,
    `imports 'node:worker_threads', which is for pools`,
  ],
  [
    'core starts processes',
    'core/src/a.ts',
    `const { fork } = await import('child_process')`,
    `imports 'child_process', which is for pools`,
  ],
  [
    'core imports by a computed name',
    'core/src/broker.ts',
    "await import('@taskspace/' + scheme)",
    'imports a module by a computed name',
  ],
  [
    'a backend imports the public API',
    'memory/src/a.ts',
    `import type { Broker } from '@taskspace/core'`,
    `imports '@taskspace/core'`,
  ],
  [
    'a backend imports a file of core',
    'memory/src/a.ts',
    `import '@taskspace/core/src/broker.ts'`,
    `imports '@taskspace/core/src/broker.ts'`,
  ],
  [
    'a backend imports another',
    'redis/src/a.ts',
    `export { now } from '@taskspace/memory'`,
    `imports '@taskspace/memory'`,
  ],
  ['a backend imports a pool', 'redis/src/a.ts', `import '@taskspace/thread-pool'`, `imports '@taskspace/thread-pool'`],
  ['a pool imports a backend', 'thread-pool/src/a.ts', `require('@taskspace/redis')`, `imports '@taskspace/redis'`],
  [
    'a pool imports another',
    'process-pool/src/a.ts',
    `import '@taskspace/thread-pool'`,
    `imports '@taskspace/thread-pool'`,
  ],
  [
    'a pool imports the contract',
    'thread-pool/src/a.ts',
    `import '@taskspace/core/backend'`,
    `imports '@taskspace/core/backend'`,
  ],
  [
    'the command line imports the contract',
    'cli/src/a.ts',
    `import '@taskspace/core/backend'`,
    `imports '@taskspace/core/backend'`,
  ],
  [
    'a package reaches into another',
    'memory/src/a.ts',
    `import '../../core/src/job.ts'`,
    `reaches out of its package with '../../core/src/job.ts'`,
  ],
  [
    'a package reaches into its own tests',
    'memory/src/deep/a.ts',
    `import '../../test/a.ts'`,
    `reaches out of its package with '../../test/a.ts'`,
  ],
  ['a package has no rule', 'rabbit/src/a.ts', '', `no rule says what package 'rabbit' may import`],
]

const allowed: [what: string, path: string, text: string][] = [
  ['core loads the backend of a URL', 'core/src/backend-loader.ts', "await import('@taskspace/' + scheme)"],
  ['core imports its own files', 'core/src/job/job.ts', `import '../errors/task-failure.ts'`],
  ['core imports a library', 'core/src/codec.ts', `import { SuperJSON } from 'superjson'`],
  ['a backend imports the contract', 'memory/src/a.ts', `import { TaskQueue } from '@taskspace/core/backend'`],
  ['a pool imports the engine', 'thread-pool/src/a.ts', `import '@taskspace/core/pool'; import '@taskspace/core'`],
  ['a pool starts threads', 'thread-pool/src/a.ts', `import { Worker } from 'node:worker_threads'`],
  ['tests import what they like', 'memory/test/a.test.ts', `import '@taskspace/testing/kit'`],
  [
    'a comment or a string names a package',
    'core/src/a.ts',
    `// import '@taskspace/redis'\nthrow new Error("import '@taskspace/redis'")`,
  ],
]

describe('the dependency direction', () => {
  it('holds in all packages', () => {
    const files = trackedFiles()

    expect(files.some((file) => file.path.startsWith('packages/core/src/'))).toBe(true)
    expect(importsInWrongDirection(files)).toEqual([])
  })

  it('holds in the manifests of all packages', () => {
    const manifests = trackedFiles().filter((file) => /^packages\/[^/]+\/package\.json$/.test(file.path))

    expect(manifests.length).toBeGreaterThanOrEqual(3)
    expect(
      manifests.flatMap((file) => dependenciesInWrongDirection(file.path.split('/')[1]!, JSON.parse(file.text))),
    ).toEqual([])
  })

  it.each(violations)('is broken when %s', (_what, path, text, complaint) => {
    expect(importsInWrongDirection([{ path: `packages/${path}`, text }])).toEqual([`packages/${path}: ${complaint}`])
  })

  it.each(allowed)('is kept when %s', (_what, path, text) => {
    expect(importsInWrongDirection([{ path: `packages/${path}`, text }])).toEqual([])
  })

  it('is broken when a manifest depends the wrong way', () => {
    const peers = { '@taskspace/core': '^1.0.0', '@taskspace/redis': '^1.0.0', ioredis: '^6.0.0' }

    expect(dependenciesInWrongDirection('memory', { peerDependencies: peers })).toEqual([
      'packages/memory/package.json: depends on @taskspace/redis',
    ])
    expect(dependenciesInWrongDirection('core', { dependencies: { '@taskspace/memory': '*' } })).toHaveLength(1)
  })
})
