import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findFiles } from '../../word-count/find-files.ts'
import { folderWith } from './files.ts'

const never = new AbortController().signal

describe('finding files', () => {
  it('lists all files below a folder by name, but not hidden, installed, built and linked ones', async () => {
    const folder = await folderWith({
      'b.txt': '',
      'a/z.md': '',
      'a/deep/er/x.ts': '',
      '.hidden/a.txt': '',
      '.env': '',
      'node_modules/m/index.js': '',
      'a/dist/index.js': '',
      'package-lock.json': '',
    })
    await symlink(join(folder, 'a'), join(folder, 'loop'))

    const found = await findFiles([folder], never)

    expect(found).toEqual(['a/deep/er/x.ts', 'a/z.md', 'b.txt'].map((name) => join(folder, name)))
  })

  it('takes what is asked for by its own path, whatever it is called', async () => {
    const folder = await folderWith({ 'node_modules/m/index.js': '', '.env': '' })

    const found = await findFiles([join(folder, 'node_modules'), join(folder, '.env')], never)

    expect(found).toEqual([join(folder, 'node_modules/m/index.js'), join(folder, '.env')])
  })

  it('lists each file once', async () => {
    const folder = await folderWith({ 'a/b.txt': '' })

    expect(await findFiles([folder, join(folder, 'a'), join(folder, 'a/b.txt')], never)).toHaveLength(1)
  })

  it('lists a path that does not exist, for a job to tell', async () => {
    const folder = await folderWith({})

    expect(await findFiles([join(folder, 'nowhere')], never)).toEqual([join(folder, 'nowhere')])
  })

  it('stops when asked to', async () => {
    const folder = await folderWith({ 'a.txt': '' })

    await expect(findFiles([folder], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
