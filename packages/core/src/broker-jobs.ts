import type { Command, ControlAnswer } from './backend/command.ts'
import type { JobState } from './backend/job-state.ts'
import type { OnError } from './backend/new-job.ts'
import type { Client } from './client/client.ts'
import { parseCancel } from './deferred/cancel-request.ts'
import { readEvents, readLogs } from './deferred/read-journal.ts'
import { DependencyCycle, InvalidState, NoSuchJob } from './errors/job-errors.ts'
import { JobInfo } from './job-info.ts'
import type { JobEvent, LogLine } from './journal/job-news.ts'
import type { Dependency } from './queue/call-options.ts'
import type { CancelOptions, EventsOptions, LogsOptions } from './queue/deferred.ts'
import { checkLabel, checkOptionNames, invalidOption, parsePriority, parseWord } from './queue/option-values.ts'

/** Which jobs `get` shows. */
export interface GetOptions {
  /** Also those that were canceled; default false. */
  readonly canceled?: boolean | undefined
}

/** How `depend` adds dependencies. */
export interface DependOptions {
  /** What happens when one of them fails; default `fail`. */
  readonly onError?: OnError | undefined
}

const GET_OPTIONS: ReadonlySet<string> = new Set<keyof GetOptions>(['canceled'])
const DEPEND_OPTIONS: ReadonlySet<string> = new Set<keyof DependOptions>(['onError'])

/**
 * The jobs of a namespace, whoever enqueued them. Everything rejects with `BackendUnavailable` if the backend does not
 * answer, `Closed` after the broker was closed, and `InvalidArgument` for what is no id.
 */
export class BrokerJobs {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** What is stored of a job. @throws NoSuchJob if none has the id, or it was canceled and these are not asked for. */
  async get(id: string, options: GetOptions = {}): Promise<JobInfo> {
    const [info] = await this.getMany([id], options)
    if (info === undefined) throw new NoSuchJob(id)
    return info
  }

  /** The same for many, in their order; `undefined` where `get` would reject. */
  async getMany(ids: readonly string[], options: GetOptions = {}): Promise<readonly (JobInfo | undefined)[]> {
    checkIds(ids)
    checkOptionNames(options, 'get options', GET_OPTIONS)
    const records = await Promise.all(ids.map((id) => this.#client.records.ask(id)))
    return records.map((record) => {
      const isHidden = record?.state === 'canceled' && options.canceled !== true
      return record === undefined || isHidden ? undefined : new JobInfo(record, this.#client.codec)
    })
  }

  /** What a job logged and wrote so far; see `Deferred.logs`. `broker.deferred(id).follow()` tells it as it comes. */
  async logs(id: string, options?: LogsOptions): Promise<readonly LogLine[]> {
    checkLabel('id', id)
    return readLogs(this.#client, id, options)
  }

  /** What a job emitted so far; see `Deferred.events`. @throws MalformedPayload */
  async events(id: string, options?: EventsOptions): Promise<readonly JobEvent[]> {
    checkLabel('id', id)
    return readEvents(this.#client, id, options)
  }

  /**
   * End jobs for good: at once where they do not run, else after their tasks ended or were killed. Returns, for each id,
   * the state it was found in: `processing` means told to stop; ended ones are left as they are; `undefined` for an
   * unknown one. With `cascade: 'refuse'` (the default) it is all or nothing, and takes 1,000 ids at most.
   *
   * @throws HasDependents, BatchTooLarge: nothing was canceled.
   */
  async cancel(
    ids: string | readonly string[],
    request?: string | CancelOptions,
  ): Promise<readonly (JobState | undefined)[]> {
    const list = typeof ids === 'string' ? [ids] : ids
    checkIds(list)
    return this.#client.cancel(list, parseCancel(request))
  }

  /**
   * Take a running job from its worker: it goes to the front of its queue, nothing is charged, and what the worker still
   * sends changes nothing.
   *
   * @throws NoSuchJob; InvalidState if it does not run.
   */
  async expireLease(id: string): Promise<void> {
    await this.#order(id, { kind: 'expire-lease', id }, 'does not run')
  }

  /** Change a job's priority; one that is enqueued goes to the tail of its new line. @throws NoSuchJob; InvalidState if it has ended. */
  async setPriority(id: string, priority: number): Promise<void> {
    await this.#order(id, { kind: 'priority', id, priority: parsePriority(priority) }, 'has ended')
  }

  /**
   * Let a deferred job wait for more jobs. Those that are unknown, or have ended well, add nothing. Returns how many were
   * added.
   *
   * @throws NoSuchJob; InvalidState if it is not deferred; DependencyCycle.
   */
  async depend(id: string, on: Dependency | readonly Dependency[], options: DependOptions = {}): Promise<number> {
    checkOptionNames(options, 'depend options', DEPEND_OPTIONS)
    const onError =
      options.onError === undefined ? 'fail' : parseWord('onError', options.onError, ['fail', 'pass', 'wait'])
    const ids = await idsOf(on)
    const edges = ids.map((other) => ({ kind: 'order', on: other, onError }) as const)
    return this.#order(id, { kind: 'depend', id, edges }, 'is not deferred')
  }

  /**
   * Let a deferred job wait no longer for these jobs, or for any; arguments are still waited for. Returns how many
   * dependencies were removed.
   *
   * @throws NoSuchJob; InvalidState if it is not deferred.
   */
  async undepend(id: string, on: Dependency | readonly Dependency[] | 'all'): Promise<number> {
    const ids = on === 'all' ? on : await idsOf(on)
    return this.#order(id, { kind: 'undepend', id, on: ids }, 'is not deferred')
  }

  /** Forget an ended job: record, result and id. False if it is unknown. @throws InvalidState if it has not ended. */
  async remove(id: string): Promise<boolean> {
    checkLabel('id', id)
    const answer = await this.#client.order({ kind: 'remove', id })
    return answer.code === 'no-such-job' ? false : countOf(id, answer, 'has not ended') > 0
  }

  async #order(id: string, command: Command, reason: string): Promise<number> {
    checkLabel('id', id)
    return countOf(id, await this.#client.order(command), reason)
  }
}

function checkIds(ids: unknown): void {
  if (!Array.isArray(ids)) throw invalidOption('ids', ids, 'is not an array of ids')
  for (const id of ids) checkLabel('id', id)
}

function countOf(id: string, answer: ControlAnswer, reason: string): number {
  switch (answer.code) {
    case 'ok':
      return answer.count
    case 'no-such-job':
      throw new NoSuchJob(answer.about)
    case 'invalid-state':
      throw new InvalidState(id, answer.state, `job ${id} ${reason}: ${answer.state}`)
    case 'dependency-cycle':
      throw new DependencyCycle(id)
    default:
      throw new TypeError(`the backend answered an order about job ${id} with '${answer.code}'`)
  }
}

/** Ids of jobs, once those that are on their way are stored. */
async function idsOf(on: Dependency | readonly Dependency[]): Promise<readonly string[]> {
  const list = Array.isArray(on) ? on : [on]
  return Promise.all(list.map(idOf))
}

async function idOf(dependency: Dependency): Promise<string> {
  if (typeof dependency === 'object' && dependency !== null) return (await dependency.enqueued()).id
  checkLabel('id', dependency)
  return dependency
}
