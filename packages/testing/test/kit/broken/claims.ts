import {
  type Call,
  type ClaimReply,
  type ClaimRequest,
  type EnqueueAnswer,
  type NewJob,
  NOTHING_CLAIMED,
  type Settlement,
  type SettleReply,
} from '@taskspace/core/backend'
import { ForwardingQueue } from '../../../src/kit.ts'

/** Gives the jobs of one claim to the next one as well that finds nothing. */
export class DoubleClaim extends ForwardingQueue {
  #last = NOTHING_CLAIMED

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    if (reply.jobs.length === 0) return this.#last
    this.#last = reply
    return reply
  }
}

/** Never wakes a claim that waits. */
export class LostWakeUp extends ForwardingQueue {
  readonly #closing = new AbortController()

  override close(): Promise<void> {
    this.#closing.abort()
    return super.close()
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, 0)
    if (reply.jobs.length > 0 || waitMs === 0) return reply
    await ended(AbortSignal.any([this.#closing.signal, AbortSignal.timeout(waitMs), ...(signal ? [signal] : [])]))
    return NOTHING_CLAIMED
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

/** Hands out the last of several jobs first. */
export class OrderReversed extends ForwardingQueue {
  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    return { ...reply, jobs: reply.jobs.toReversed() }
  }
}

/** Applies a repeated claim as a new one. */
export class ReplayAsNewClaim extends ForwardingQueue {
  readonly #applied = new Map<string, number>()

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const isRepeat = this.#applied.get(`${call.session} ${call.epoch} ${call.lane}`) === call.number
    if (isRepeat) return super.claim({ ...call, lane: call.lane + 1000 }, request, waitMs, signal)
    const reply = await super.claim(call, request, waitMs, signal)
    if (reply.jobs.length > 0) this.#applied.set(`${call.session} ${call.epoch} ${call.lane}`, call.number)
    return reply
  }
}

/** Hands jobs out ahead as if they were for a slot, so that they are charged like those. */
export class ChargesAhead extends ForwardingQueue {
  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const { slots, ahead } = request
    const reply = await super.claim(call, { ...request, slots: slots + ahead, ahead: 0 }, waitMs, signal)
    return { ...reply, jobs: reply.jobs.map((job, at) => ({ ...job, ahead: at >= slots })) }
  }
}

/** Promotes and expires whenever somebody claims. */
export class ClockOutsideSweep extends ForwardingQueue {
  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    await super.sweep()
    return super.claim(call, request, waitMs, signal)
  }
}

/** Has the arguments of a job no more when it runs again. */
export class DropsArguments extends ForwardingQueue {
  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    return {
      ...reply,
      jobs: reply.jobs.map(({ args, ...job }) => (args && job.attempt === 1 ? { ...job, args } : job)),
    }
  }
}

/** Hands a released job out a second time to a later claim that finds nothing. */
export class ReleasesTwice extends ForwardingQueue {
  readonly #waiting = new Set<string>()
  #again: ClaimReply | undefined

  override async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    for (const job of jobs) if (job.edges?.length) this.#waiting.add(job.id)
    return super.enqueue(call, jobs)
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    if (reply.jobs.length === 0) return this.#handOutAgain()
    if (reply.jobs.some((job) => this.#waiting.delete(job.id))) this.#again = reply
    return reply
  }

  #handOutAgain(): ClaimReply {
    const again = this.#again ?? NOTHING_CLAIMED
    this.#again = undefined
    return again
  }
}

/** Keeps a copy of a value for each job that has it as its result, forwarded or not. */
export class CopiesForwarded extends ForwardingQueue {
  readonly #sources = new Map<string, readonly string[]>()

  override enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    for (const { id, edges = [] } of jobs) {
      this.#sources.set(
        id,
        edges.flatMap((edge) => (edge.kind === 'value' ? [String(edge.on)] : [])),
      )
    }
    return super.enqueue(call, jobs)
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    return this.#copied(await super.claim(call, request, waitMs, signal))
  }

  override async settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    const reply = await super.settle(call, settlements, claim)
    return reply.claim ? { ...reply, claim: this.#copied(reply.claim) } : reply
  }

  #copied(reply: ClaimReply): ClaimReply {
    const keys: string[] = []
    const values = []
    const jobs = []
    for (const job of reply.jobs) {
      const args = []
      for (const [at, index] of (job.args ?? []).entries()) {
        const key = `${this.#sources.get(job.id)?.[at]}`
        if (!keys.includes(key)) values[keys.push(key) - 1] = reply.values[index]!
        args.push(keys.indexOf(key))
      }
      jobs.push(job.args ? { ...job, args } : job)
    }
    return { jobs, values }
  }
}
