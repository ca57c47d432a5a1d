import type { Deferred, Queue } from '@taskspace/core'
import type { words } from './tasks.ts'
import type { WordTable } from './word-table.ts'

/** Most tables that one merge puts together. */
const FAN_IN = 8

/** Queues for the two kinds of jobs, so that the one can go first and each can be counted. */
export interface Queues {
  readonly files: Queue<typeof words>
  readonly merges: Queue<typeof words>
}

/** A tree of jobs that is on its way. */
export interface MergeTree {
  /** What comes out at the root. */
  readonly total: Deferred<WordTable>
  /** Levels of merges above the files. */
  readonly levels: number
  /** Merges in all. */
  readonly merges: number
}

/**
 * Enqueue a count of each file and a tree of merges above them, in which each merge gets the Deferreds of up to `FAN_IN`
 * jobs below it: the tables travel from job to job, only the root's comes back.
 *
 * A failure stands in a table's place, so that one file never takes the others with it.
 *
 * @param sources what people call a file; the jobs themselves get its path.
 */
export function enqueueTree(queues: Queues, paths: readonly string[], nameOf: (path: string) => string): MergeTree {
  const merge = queues.merges.words.merge.with({ onError: 'pass' })
  let merges = 0

  const tableOf = (files: readonly string[]): Deferred<WordTable> => {
    const [file] = files
    return files.length === 1 && file !== undefined ? queues.files.words.count(file) : branch(files)
  }
  const branch = (files: readonly string[]): Deferred<WordTable> => {
    merges += 1
    return merge(cut(files).map((group) => ({ source: rangeName(group, nameOf), table: tableOf(group) })))
  }
  return { total: branch(paths), levels: levelsFor(paths.length), merges }
}

/** Levels of merges that so many files need; at least one. */
function levelsFor(files: number): number {
  let levels = 1
  while (FAN_IN ** levels < files) levels += 1
  return levels
}

/** Up to `FAN_IN` groups, all but the last as large as full branches of the tree below. */
function cut(files: readonly string[]): readonly (readonly string[])[] {
  const size = FAN_IN ** (levelsFor(files.length) - 1)
  return Array.from({ length: Math.ceil(files.length / size) }, (_, index) =>
    files.slice(index * size, (index + 1) * size),
  )
}

function rangeName(files: readonly string[], nameOf: (path: string) => string): string {
  const [first = '', last = first] = [files[0], files.at(-1)]
  return files.length === 1 ? nameOf(first) : `${files.length} files, ${nameOf(first)} to ${nameOf(last)}`
}
