import { systemClock } from '../../../src/backend/clock.ts'
import type { Settlement } from '../../../src/backend/settlement.ts'
import type { JobScope } from '../../../src/broker-host.ts'
import type { FailureRecord } from '../../../src/errors/failure-record.ts'
import { JobRunner, type RunnerHost } from '../../../src/pool/job-runner.ts'
import { TaskRegistry } from '../../../src/tasks/task-registry.ts'
import { TaskSpace } from '../../../src/tasks/task-space.ts'
import { codec, RecordedRun, type RunParts } from './recorded-run.ts'

type Functions = ConstructorParameters<typeof TaskSpace>[1] & object

/** A runner of these tasks, and where its jobs are. */
export function runnerOf(tasks: Functions, parts: Partial<RunnerHost> = {}): JobRunner {
  const registry = new TaskRegistry()
  registry.expose(new TaskSpace('', tasks))
  return new JobRunner({
    codec,
    clock: systemClock,
    tasks: registry,
    home: { url: 'memory:test', namespace: 'taskspace' },
    scope: noScope,
    ...parts,
  })
}

/** Run one job of `task`; resolves with its run when it has reported. */
export async function ran(
  task: Functions[string],
  parts: RunParts = {},
  host?: Partial<RunnerHost>,
): Promise<RecordedRun> {
  const run = new RecordedRun(parts)
  runnerOf({ task }, host).start(run)
  await run.settled()
  return run
}

/** The failure in a settlement; fails the test if there is none. */
export function failureIn(settlement: Settlement | undefined): FailureRecord {
  if (settlement !== undefined && 'failure' in settlement) return settlement.failure
  throw new Error(`no failure in ${JSON.stringify(settlement)}`)
}

/** The decoded value of a success; fails the test if it is none. */
export function valueIn(settlement: Settlement | undefined): unknown {
  if (settlement?.kind === 'success') return codec.decode(settlement.value)
  throw new Error(`no success: ${JSON.stringify(settlement)}`)
}

function noScope(): JobScope {
  throw new Error('this test makes no calls')
}
