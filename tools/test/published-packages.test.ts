import { describe, expect, it } from 'vitest'
import { trackedFiles } from '../tracked-files.ts'

type Conditions = Record<string, string>

interface Published {
  name: string
  version: string
  exports: Record<string, string | Conditions>
  publishConfig: { access: string; exports: Record<string, string | Conditions> }
  [field: string]: unknown
}

const files = trackedFiles()
const json = (path: string) => JSON.parse(files.find((file) => file.path === path)!.text)
const packages: Published[] = files
  .filter((file) => /^packages\/[^/]+\/package\.json$/.test(file.path))
  .map((file) => JSON.parse(file.text))

describe.each(packages.map((manifest) => [manifest.name, manifest] as const))('%s', (name, manifest) => {
  it('is released together with all others', () => {
    expect(json('.changeset/config.json').fixed).toEqual([expect.arrayContaining([name])])
    expect(manifest.version).toBe(json('packages/core/package.json').version)
  })

  it('is an ES module under the MIT licence for Node 20.19 and later', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      license: 'MIT',
      sideEffects: false,
      engines: { node: '>=20.19.0' },
      files: ['dist'],
      description: expect.any(String),
    })
  })

  it('publishes its entry points without the sources', () => {
    const withoutSource = Object.entries(manifest.exports).map(([path, target]) => {
      if (typeof target === 'string') return [path, target]
      const { '@taskspace/source': source, ...published } = target
      expect(source).toMatch(/^\.\/src\/.+\.ts$/)
      return [path, published]
    })

    expect(manifest.publishConfig.access).toBe('public')
    expect(Object.entries(manifest.publishConfig.exports)).toEqual(withoutSource)
  })

  it('offers each entry point to import and to require, types first', () => {
    const targets = Object.values(manifest.publishConfig.exports).filter((target) => typeof target !== 'string')

    expect(targets.length).toBeGreaterThan(0)
    for (const target of targets) expect(Object.keys(target)).toEqual(['types', 'default'])
  })
})
