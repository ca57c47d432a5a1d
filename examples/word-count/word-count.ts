import { relative } from 'node:path'
import { type Broker, getBroker, JOB_STATES, type JobState } from '@taskspace/core'
import { findFiles } from './find-files.ts'
import { enqueueTree } from './merge-tree.ts'
import type { Progress } from './progress.ts'
import type { Cost } from './report.ts'
import { words } from './tasks.ts'
import type { WordTable } from './word-table.ts'
import { type Workers, workersFor } from './workers.ts'

/** What to count, and who wants to know how far it is. */
export interface WordCountOptions extends Workers {
  /** URL of the backend, with a namespace of its own. */
  readonly url: string
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[]
  /** Paths are told to people as seen from here. */
  readonly folder: string
  /** Abort it to stop the work; the promise then rejects with its reason. */
  readonly signal: AbortSignal
  /** Called a few times a second, at the start and at the end. */
  readonly onProgress: (progress: Progress) => void
}

/** The counted words, and what it took. */
export interface WordCountResult {
  readonly total: WordTable
  readonly cost: Cost
}

const PROGRESS_MS = 100

/** Count the words of files and folders with jobs. What cannot be read is told in the result, the rest is counted. */
export async function countWords(options: WordCountOptions): Promise<WordCountResult> {
  const startedAt = performance.now()
  const files = await findFiles(options.paths, options.signal)

  await using broker = await getBroker(options.url)
  broker.expose(words)
  await using pool = workersFor(broker, options)
  await pool.start()

  const queues = { files: broker.queue<typeof words>('files'), merges: broker.queue<typeof words>('merges') }
  const tree = enqueueTree(queues, files, (path) => shown(path, options.folder))
  await tree.total.enqueued()

  const enqueuedAt = performance.now()
  const report = async () => options.onProgress(await progressOf(broker, files.length, performance.now() - enqueuedAt))
  do await report()
  while (!(await tree.total.wait(PROGRESS_MS, { signal: options.signal })))
  await report()

  const total = await tree.total.result({ signal: options.signal })
  const cost = { jobs: files.length + tree.merges, levels: tree.levels, elapsedMs: performance.now() - startedAt }
  return { total, cost }
}

async function progressOf(broker: Broker, files: number, elapsedMs: number): Promise<Progress> {
  const [counted, merged] = await Promise.all([
    broker.queues.get('files').counts(),
    broker.queues.get('merges').counts(),
  ])
  // Not the ended ones: of many, the oldest records are dropped.
  const left = counted.deferred + counted.scheduled + counted.enqueued + counted.processing
  const states: Record<JobState, number> = { ...counted }
  for (const state of JOB_STATES) states[state] += merged[state]
  return { files, done: files - left, states, elapsedMs }
}

function shown(path: string, folder: string): string {
  const name = relative(folder, path)
  return name === '' || name.startsWith('..') ? path : name
}
