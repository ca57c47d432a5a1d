import { describe, expect, it } from 'vitest'
import { linesWithMachineTraces, namelessSources } from '../repository-rules.ts'
import { trackedFiles } from '../tracked-files.ts'

describe('the rules of the repository', () => {
  it('hold: every source is named after its idea', () => {
    expect(namelessSources(trackedFiles())).toEqual([])
  })

  it('hold: no file names a folder of a machine or the host of a registry', () => {
    const files = trackedFiles()

    expect(files.map((file) => file.path)).toContain('pnpm-lock.yaml')
    expect(linesWithMachineTraces(files)).toEqual([])
  })

  it.each(['utils.ts', 'helpers.ts', 'common.ts', 'types.ts', 'deep/util.ts', 'types.d.ts'])(
    'are broken by a source named %s',
    (name) => {
      const path = `packages/core/src/${name}`

      expect(namelessSources([{ path, text: '' }])).toEqual([path])
    },
  )

  it('leave names alone that only contain such a word', () => {
    const path = 'packages/core/src/task-types.ts'

    expect(namelessSources([{ path, text: '' }])).toEqual([])
  })

  it.each([
    ['a folder of a machine', ['cd ', '/work', '/main'].join('')],
    ['a folder at the start of a line', ['/root', '/.npmrc'].join('')],
    ['a registry', ['tarball: https://', 'registry.', 'npmjs.org/x.tgz'].join('')],
    ['a mirror', ['http://', 'my-registry:4873/x.tgz'].join('')],
  ])('are broken by a line with %s', (_what, line) => {
    expect(linesWithMachineTraces([{ path: 'a.md', text: `first\n${line}` }])).toEqual([`a.md:2: ${line}`])
  })

  it.each(['../work/a.ts', 'https://example.org/work/list', "'./root/x.ts'"])('leave %s alone', (line) => {
    expect(linesWithMachineTraces([{ path: 'a.md', text: line }])).toEqual([])
  })
})
