import { hostname } from 'node:os'
import type { BrokerHost } from '../broker-host.ts'
import { Feed } from '../client/feed.ts'
import { Session, type SessionOwner } from '../client/session.ts'
import { Announcement } from './announcement.ts'
import { ArgumentLoader } from './argument-loader.ts'
import { ClaimDesk, type ClaimDeskOwner } from './claim-desk.ts'
import { ClaimPlan } from './claim-plan.ts'
import { Dispatcher, type DispatcherOwner } from './dispatcher.ts'
import type { Executor } from './executor.ts'
import { FailureNotice } from './failure-notice.ts'
import { Faults } from './faults.ts'
import { Lease, type LeaseOwner } from './lease.ts'
import { NewsDesk, type NewsDeskOwner } from './news-desk.ts'
import type { PoolSettings } from './pool-options.ts'
import { Prefetch } from './prefetch.ts'
import { RunAnswers } from './run-answers.ts'
import { SettleDesk, type SettleDeskOwner } from './settle-desk.ts'
import { Slots } from './slots.ts'

/** Lanes of a pool's session: one for claims that wait, one for news, the rest for settlements. */
const CLAIM_LANE = 0
const NEWS_LANE = 1
const SETTLE_LANES = [2, 3, 4, 5] as const

/** What an engine works with. */
export interface EngineOptions {
  readonly host: BrokerHost
  readonly executor: Executor
  readonly settings: PoolSettings
}

/** Who answers the parts. */
export interface PartOwners {
  readonly session: SessionOwner
  readonly claims: ClaimDeskOwner
  readonly settling: SettleDeskOwner
  readonly dispatcher: DispatcherOwner
  readonly lease: LeaseOwner
  readonly news: NewsDeskOwner
}

/** What an engine is made of. */
export interface EngineParts {
  readonly session: Session
  readonly slots: Slots
  readonly prefetch: Prefetch
  readonly plan: ClaimPlan
  readonly dispatcher: Dispatcher
  readonly claims: ClaimDesk
  readonly settling: SettleDesk
  readonly news: NewsDesk
  readonly answers: RunAnswers
  readonly lease: Lease
  readonly feed: Feed
  readonly notice: FailureNotice
  readonly faults: Faults
  readonly announcement: Announcement
}

/** Put the parts of an engine together; none of them does anything yet. */
export function buildParts({ host, executor, settings }: EngineOptions, owners: PartOwners): EngineParts {
  const { queue, clock, codec, logger } = host
  const { slots: size, leaseMs, graceMs, selection, argumentBytes } = settings
  const session = new Session({ queue, clock, spec: sessionSpec(executor, settings), owner: owners.session })
  const slots = new Slots(size, () => executor.extraSlots?.() ?? 0)
  const prefetch = new Prefetch(settings.ahead)
  const loader = new ArgumentLoader({ queue, clock, limitBytes: argumentBytes, closing: session.closing })
  const dispatcher = new Dispatcher({
    ...{ executor, slots, clock, codec, loader, prefetch, graceMs },
    owner: owners.dispatcher,
  })
  const lease = new Lease({ clock, session, leaseMs, owner: owners.lease })
  const faults = new Faults(logger, settings.name, session)
  const lanes = SETTLE_LANES.map((index) => session.lane(index))
  const trip = (ms: number): void => prefetch.trip(ms)
  const news = new NewsDesk({ queue, lane: session.lane(NEWS_LANE), owner: owners.news })
  return {
    ...{ session, slots, prefetch, dispatcher, lease, news },
    answers: new RunAnswers(dispatcher, news, lease),
    plan: new ClaimPlan({ slots, size, prefetch, queues: selection, readyCount: () => dispatcher.readyCount }),
    claims: new ClaimDesk({ queue, session, lane: session.lane(CLAIM_LANE), owner: owners.claims }),
    settling: new SettleDesk({ queue, clock, lanes, owner: owners.settling, trip }),
    feed: feedOf(host, session, lease),
    notice: new FailureNotice(logger, settings.onException),
    faults,
    announcement: new Announcement({
      ...{ session, clock },
      tasks: () => executor.policies(),
      failed: (error) => faults.report('announcing tasks', error),
    }),
  }
}

function sessionSpec(executor: Executor, { leaseMs, queues, name, owner }: PoolSettings) {
  const spec = { leaseMs, queues, label: `${hostname()}/${process.pid}/${name}`, tasks: executor.policies() }
  return owner === undefined ? spec : { ...spec, owner }
}

/** A pool hears what concerns its jobs, and what is due. Without that it learns the first by renewing. */
function feedOf(host: BrokerHost, session: Session, lease: Lease): Feed {
  const { queue, clock, logger } = host
  const notice = (): void => lease.renewSoon()
  const nothing = (): void => undefined
  const listener = { outcomes: nothing, notice, due: (at: number) => host.due(at), news: nothing, interrupted: notice }
  return new Feed({
    ...{ queue, session, clock, logger, listener },
    opened: () => host.opened(),
    reopened: notice,
  })
}
