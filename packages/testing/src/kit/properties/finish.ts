import { isEnded, type JobRecord } from '@taskspace/core/backend'
import { success } from '../session/sample-settlement.ts'
import type { Invariants } from './invariants.ts'
import { must } from './must.ts'
import { observe } from './observation.ts'
import type { HandedOut } from './perform.ts'
import type { World } from './world.ts'

/** Time enough for every delay, back-off and lease: 48 s. */
const LONG_ENOUGH = 12

/** Far more rounds than there are jobs. */
const MOST_ROUNDS = 200

/** Have one client work off all that is left; nothing is lost. */
export async function finish(world: World, invariants: Invariants): Promise<void> {
  for (const client of world.clients) await client.session.end()
  for (const client of world.clients) await world.restart(client)
  await workOff(world, invariants)
  const { records } = await observe(world)
  for (const record of records.values()) {
    must(isDone(record, records), `${record.id} is left behind as ${record.state}`)
  }
  await checkResults(world, invariants, records)
}

async function workOff(world: World, invariants: Invariants): Promise<void> {
  const { session } = world.client(0)
  let idle = 0
  for (let round = 0; round < MOST_ROUNDS && idle < 2; round += 1) {
    const answer = await world.take({ op: 'claim', session: 0, slots: 3, ahead: 0, queues: [0, 1] })
    const jobs = answer as readonly HandedOut[]
    invariants.checkClaimed(jobs)
    if (jobs.length > 0) await settleAll(world, invariants, jobs)
    idle = jobs.length > 0 ? 0 : idle + 1
    if (jobs.length === 0) await world.pass(LONG_ENOUGH)
  }
  must((await session.renew()).held === 0, 'something is held at the end')
}

async function settleAll(world: World, invariants: Invariants, jobs: readonly HandedOut[]): Promise<void> {
  const settlements = jobs.map((job) => success(job, world.newValue()))
  const answers = await world.client(0).session.settle(...settlements)
  must(
    answers.every((answer) => answer === 'ok'),
    `the only worker is answered ${answers.join(', ')}`,
  )
  invariants.settled({ settlements, answers, claimed: [] })
}

type Records = ReadonlyMap<string, JobRecord>

/** Decided, or waiting for what may never come: an edge that goes on waiting, or a job that has one. */
function isDone(record: JobRecord, records: Records, seen: ReadonlySet<string> = new Set()): boolean {
  if (isEnded(record.state)) return true
  if (record.state !== 'deferred' || seen.has(record.id)) return false
  if (record.unmet.some((edge) => edge.onError === 'wait' && isHopeless(records.get(edge.on)))) return true
  const needs = [...record.unmet.map((edge) => edge.on), ...(record.forwardedTo ? [record.forwardedTo] : [])]
  const waiting = needs.flatMap((id) => records.get(id) ?? []).filter((other) => !isEnded(other.state))
  return waiting.some((other) => isDone(other, records, new Set([...seen, record.id])))
}

/** A job that will not succeed unless somebody starts it over. */
function isHopeless(record: JobRecord | undefined): boolean {
  return record?.state === 'failed' || record?.state === 'canceled'
}

/** Every result that is kept was made by the job that has it, or by one that it forwarded to. */
async function checkResults(world: World, invariants: Invariants, records: Records): Promise<void> {
  for (const { id, series, state } of records.values()) {
    if (state !== 'success') continue
    const chunk = await world.queue.readValue({ id, series }, 0, 1000)
    if (chunk) invariants.checkValue(id, Buffer.from(chunk.bytes).toString())
  }
}
