import type { Call, Edge, EnqueueAnswer, EnqueueRefusal, NewJob } from '@taskspace/core/backend'
import { PackedText, Packer } from '../wire/packer.ts'
import type { Unpacker } from '../wire/unpacker.ts'
import { answerOf, packCall } from './answer.ts'
import { numberOfKind, numberOfOnError } from './edge.ts'

/** How many values stand for one job. */
const JOB_WIDTH = 6

/** About how many bytes a small job takes, and what stands before the first. */
const JOB_BYTES = 64
const FIXED_BYTES = 128

/** Above what an edge does on errors is its kind, in one number. */
const ON_ERROR_WIDTH = 4

const REPLY = 1
const REUSES = 2

/** What `enqueue.lua` is asked. */
export function packEnqueue(call: Call, jobs: readonly NewJob[]): Buffer {
  const packer = new Packer(FIXED_BYTES + jobs.length * JOB_BYTES).array(2)
  packCall(packer, call)
  packer.array(jobs.length * JOB_WIDTH)
  const last = { task: new PackedText(), queue: new PackedText() }
  for (const job of jobs) packJob(packer, job, last)
  return packer.done
}

/** What `enqueue.lua` answered. */
export function unpackEnqueue(reply: unknown, call: Call, count: number): readonly EnqueueAnswer[] {
  const answers = answerOf(reply, { call }).maybe((from) => from.list(unpackAnswer))
  return answers ?? new Array<'ok'>(count).fill('ok')
}

/** The names of the job before: most jobs of a call are of one task and queue. */
interface Last {
  readonly task: PackedText
  readonly queue: PackedText
}

function packJob(packer: Packer, job: NewJob, last: Last): void {
  const flags = (job.reply === true ? REPLY : 0) + (job.reuseEnded === true ? REUSES : 0)
  packer.id(job.id).textAs(last.task, job.task).textAs(last.queue, job.queue).payload(job.input).number(flags)
  if (isPlain(job)) packer.flag(false)
  else packRest(packer, job)
}

function isPlain(job: NewJob): boolean {
  return (
    job.edges === undefined &&
    job.priority === undefined &&
    job.delayMs === undefined &&
    job.runAt === undefined &&
    (job.onDuplicate === undefined || job.onDuplicate === 'reject') &&
    job.parent === undefined &&
    !hasOptions(job)
  )
}

function hasOptions(job: NewJob): boolean {
  return (
    job.run !== undefined ||
    job.maxCrashes !== undefined ||
    job.resultTtlMs !== undefined ||
    job.ignoreResult === true ||
    job.tags !== undefined ||
    job.meta !== undefined ||
    job.parent !== undefined
  )
}

function packRest(packer: Packer, job: NewJob): void {
  packer.array(8)
  packer.maybe(job.edges, packEdges)
  packer.maybe(job.priority, (to, value) => to.number(value))
  packer.maybe(job.delayMs, (to, value) => to.number(value))
  packer.maybe(job.runAt, (to, value) => to.number(value))
  packer.maybe(job.onDuplicate, (to, value) => to.text(value))
  packer.maybe(job.parent?.id, (to, value) => to.id(value))
  packer.maybe(job.parent?.token, (to, value) => to.number(value))
  if (hasOptions(job)) packOptions(packer, job)
  else packer.flag(false)
}

/** Two values for each. */
function packEdges(packer: Packer, edges: readonly Edge[]): void {
  packer.array(edges.length * 2)
  for (const { kind, on, onError } of edges) {
    packer.number(numberOfKind(kind) * ON_ERROR_WIDTH + numberOfOnError(onError))
    if (typeof on === 'number') packer.number(on)
    else packer.id(on)
  }
}

function packOptions(packer: Packer, job: NewJob): void {
  const { run, maxCrashes, resultTtlMs, tags, meta, parent } = job
  const ignoreResult = job.ignoreResult === true ? true : undefined
  const given = [run, maxCrashes, resultTtlMs, ignoreResult, tags, meta, parent].filter((each) => each !== undefined)
  packer.map(given.length)
  if (run !== undefined) packer.text('run').plain(run)
  if (maxCrashes !== undefined) packer.text('maxCrashes').number(maxCrashes)
  if (resultTtlMs !== undefined) packer.text('resultTtl').number(resultTtlMs)
  if (ignoreResult !== undefined) packer.text('ignoreResult').flag(true)
  if (tags !== undefined) packer.text('tags').list(tags, (to, tag) => to.text(tag))
  if (meta !== undefined) packer.text('meta').text(meta)
  if (parent !== undefined) packer.text('parent').id(parent.id)
}

function unpackAnswer(unpacker: Unpacker): EnqueueAnswer {
  if (unpacker.isText) return unpacker.text() as 'ok' | 'existing'
  unpacker.array()
  const code = unpacker.text() as EnqueueRefusal['code']
  if (code === 'duplicate') return { code }
  if (code === 'dependency') return { code, index: unpacker.number() }
  return { code, about: unpacker.id() }
}
