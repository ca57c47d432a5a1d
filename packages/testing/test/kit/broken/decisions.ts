import type {
  Call,
  ClaimReply,
  ClaimRequest,
  EnqueueAnswer,
  HeldJob,
  NewJob,
  ResumeReply,
  SessionSpec,
  Settlement,
  SettleReply,
  SweepReply,
  TaskQueue,
  ValueChunk,
  ValueRef,
} from '@taskspace/core/backend'
import { ForwardingQueue, job, order } from '../../../src/kit.ts'

/** Never ends a lease. */
export class NoExpiry extends ForwardingQueue {
  readonly #sessions = new Set<string>()

  override async begin(session: SessionSpec): Promise<void> {
    await super.begin(session)
    this.#sessions.add(session.id)
  }

  override async end(session: string): Promise<void> {
    await super.end(session)
    this.#sessions.delete(session)
  }

  override async sweep(): Promise<SweepReply> {
    await Promise.all([...this.#sessions].map((session) => super.renew(session)))
    return super.sweep()
  }
}

/** Lets a settlement count whatever its token. */
export class AcceptsStale extends ForwardingQueue {
  override async settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    const records = await super.read(settlements.map((each) => each.id))
    const current = settlements.map((each, at) => ({ ...each, token: records[at]?.token ?? each.token }))
    return super.settle(call, current, claim)
  }
}

/** Applies a call though the one that it is to follow was not. */
export class IgnoresOrder extends ForwardingQueue {
  override enqueue({ after: _after, ...call }: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    return super.enqueue(call, jobs)
  }
}

/** Stores the result of a settlement that comes after the decision. */
export class OverwritesResults extends ForwardingQueue {
  readonly #later = new Map<string, string>()

  override async settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    const reply = await super.settle(call, settlements, claim)
    for (const [at, each] of settlements.entries()) {
      if (reply.answers[at] === 'already' && each.kind === 'success') this.#later.set(each.id, String(each.value))
    }
    return reply
  }

  override async readValue(ref: ValueRef, offset: number, length: number): Promise<ValueChunk | undefined> {
    const later = this.#later.get(ref.id)
    if (later === undefined) return super.readValue(ref, offset, length)
    const bytes = Buffer.from(later)
    return { kind: 'text', size: bytes.length, bytes: bytes.subarray(offset, offset + length) }
  }
}

/** Leaves what a session holds with it at a resume, named or not. */
export class ForgetsUnnamed extends ForwardingQueue {
  readonly #handed = new Map<string, HeldJob[]>()

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    this.#handed.set(call.session, [...(this.#handed.get(call.session) ?? []), ...reply.jobs])
    return reply
  }

  override resume(session: string, epoch: number, held: readonly HeldJob[]): Promise<ResumeReply> {
    return super.resume(session, epoch, [...held, ...(this.#handed.get(session) ?? [])])
  }
}

/** Counts the tokens of an id anew when it is taken again. */
export class ReusesTokens extends ForwardingQueue {
  readonly #tokens = new Map<string, number[]>()

  override async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    const answers = await super.enqueue(call, jobs)
    for (const [at, each] of jobs.entries()) if (answers[at] === 'ok') this.#tokens.set(each.id, [])
    return answers
  }

  override async claim(call: Call, request: ClaimRequest, waitMs: number, signal?: AbortSignal): Promise<ClaimReply> {
    const reply = await super.claim(call, request, waitMs, signal)
    return { ...reply, jobs: reply.jobs.map((each) => ({ ...each, token: this.#shown(each) })) }
  }

  override settle(call: Call, settlements: readonly Settlement[], claim?: ClaimRequest): Promise<SettleReply> {
    const meant = settlements.map((each) => ({ ...each, token: this.#tokens.get(each.id)?.[each.token - 1] ?? 0 }))
    return super.settle(call, meant, claim)
  }

  #shown({ id, token }: HeldJob): number {
    const tokens = this.#tokens.get(id) ?? []
    const known = tokens.indexOf(token)
    return known >= 0 ? known + 1 : tokens.push(token)
  }
}

/** Takes the time of an outage for silence of the sessions. */
export class ExpiresAfterOutage extends ForwardingQueue {
  override async shiftClock(ms: number): Promise<void> {
    const stepMs = Math.max(2000, ms / 500)
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      await super.shiftClock(Math.min(stepMs, leftMs))
      await super.sweep()
    }
  }
}

/** Binds an edge on a sibling to whatever job has the sibling's id. */
export class BindsToDuplicate extends ForwardingQueue {
  override enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    const named = jobs.map((each) => ({
      ...each,
      edges: (each.edges ?? []).map((edge) => ({ ...edge, on: jobs[Number(edge.on)]?.id ?? edge.on })),
    }))
    return super.enqueue(call, named)
  }
}

/** Loses count of the needs of a job that has several, and never releases it. */
export class NeverReleasesLast extends ForwardingQueue {
  #phantom: Promise<unknown> | undefined

  override async enqueue(call: Call, jobs: readonly NewJob[]): Promise<readonly EnqueueAnswer[]> {
    this.#phantom ??= putPhantom(this.inner)
    await this.#phantom
    const waiting = jobs.map((each) => {
      const { edges = [] } = each
      return edges.length > 1 ? { ...each, edges: [...edges, order('phantom')] } : each
    })
    return super.enqueue(call, waiting)
  }
}

async function putPhantom(queue: TaskQueue): Promise<unknown> {
  await queue.begin({ id: 'phantoms' })
  const call = { session: 'phantoms', epoch: 0, lane: 0, number: 1 }
  return queue.enqueue(call, [job('phantom', { queue: 'phantoms', delayMs: 1e12 })])
}
