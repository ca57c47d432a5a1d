import type { Edge, EnqueueAnswer, NewJob } from '@taskspace/core/backend'
import type { StoredNews } from './news.ts'
import { column, columnsOf } from './payload-columns.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** Parameters of `enqueue_v1` for these jobs, after those of the call. */
export function enqueueValues(jobs: readonly NewJob[]): readonly unknown[] {
  const payloads = jobs.map((job) => columnsOf(job.input))
  const relations = jobs.map(relationsOf)
  return [
    jobs.map((job) => escapeText(job.id)),
    jobs.map((job) => escapeText(job.task)),
    jobs.map((job) => escapeText(job.queue)),
    payloads.map(({ text }) => text),
    column(payloads.map(({ raw }) => raw)),
    column(jobs.map((job) => job.priority ?? null)),
    column(jobs.map((job) => (job.runAt === undefined ? (job.delayMs ?? null) : null))),
    column(jobs.map((job) => job.runAt ?? null)),
    column(jobs.map((job) => (job.reply === true ? true : null))),
    column(jobs.map(optionsOf)),
    column(relations),
  ]
}

/** What was answered for each job. */
export function enqueueAnswers(jobs: readonly NewJob[], stored: readonly StoredAnswer[] | null): EnqueueAnswer[] {
  return jobs.map((_, index) => {
    const answer = stored?.[index] ?? 'ok'
    return typeof answer === 'object' && 'about' in answer ? { ...answer, about: unescapeText(answer.about) } : answer
  })
}

/** What `enqueue_v1` answers; no answers: all are stored. */
export interface EnqueueReply {
  readonly answers: readonly StoredAnswer[] | null
  readonly news: readonly StoredNews[]
}

/** As the store answers: null for a job that is stored. */
export type StoredAnswer = EnqueueAnswer | null

const ON_ERRORS = ['fail', 'pass', 'wait'] as const

/** An edge as the store reads it. */
export function storedEdge({ kind, on, onError }: Edge): readonly [number, string | number, number] {
  return [kind === 'value' ? 0 : 1, typeof on === 'number' ? on : escapeText(on), ON_ERRORS.indexOf(onError)]
}

/** Options that the store keeps, as JSON; null for none. */
function optionsOf(job: NewJob): string | null {
  const { run, maxCrashes, resultTtlMs, ignoreResult, tags, meta } = job
  const isPlain =
    [run, maxCrashes, resultTtlMs, tags, meta].every((each) => each === undefined) && ignoreResult !== true
  if (isPlain) return null
  return JSON.stringify({
    run: run && JSON.stringify(run),
    maxCrashes,
    ttl: resultTtlMs === undefined ? undefined : String(resultTtlMs),
    ignore: ignoreResult === true ? true : undefined,
    tags: tags && JSON.stringify(tags.map(escapeText)),
    meta: meta === undefined ? undefined : escapeText(meta),
  })
}

/** What a job has to do with others, as JSON; null for nothing. */
function relationsOf(job: NewJob): string | null {
  const { edges, onDuplicate = 'reject', reuseEnded, parent } = job
  const hasEdges = edges !== undefined && edges.length > 0
  if (!hasEdges && onDuplicate === 'reject' && reuseEnded !== true && parent === undefined) return null
  return JSON.stringify({
    edges: hasEdges ? edges.map(storedEdge) : undefined,
    onDuplicate,
    reuse: reuseEnded === true ? true : undefined,
    parent: parent && [escapeText(parent.id), parent.token],
  })
}
