import type { TaskQueue } from '@taskspace/core/backend'
import {
  ChargesAhead,
  ClockOutsideSweep,
  CopiesForwarded,
  DoubleClaim,
  DropsArguments,
  LostWakeUp,
  OrderReversed,
  ReleasesTwice,
  ReplayAsNewClaim,
} from './broken/claims.ts'
import {
  AcceptsStale,
  BindsToDuplicate,
  ExpiresAfterOutage,
  ForgetsUnnamed,
  IgnoresOrder,
  NeverReleasesLast,
  NoExpiry,
  OverwritesResults,
  ReusesTokens,
} from './broken/decisions.ts'
import {
  CountsWhatItKeeps,
  KeepsFirstTasks,
  KeepsOldJournals,
  SeesAllNow,
  TellsNoNews,
  WritesStale,
  WritesTwice,
} from './broken/journals.ts'

/** A backend that breaks one promise, and the case of the kit that is about it. */
export interface BrokenBackend {
  /** Completes: a backend that … */
  readonly fault: string
  readonly wrap: (queue: TaskQueue) => TaskQueue
  readonly group: string
  readonly title: string
}

/** Every way of being broken that the kit has to notice. */
export const BROKEN_BACKENDS: readonly BrokenBackend[] = [
  {
    fault: 'gives one job to two claims',
    wrap: (queue) => new DoubleClaim(queue),
    group: 'many at once',
    title: 'gives each job to exactly one of many claims at the same time [G5] [RW-38]',
  },
  {
    fault: 'never wakes a waiting claim',
    wrap: (queue) => new LostWakeUp(queue),
    group: 'waiting claims',
    title: 'wakes a waiting claim when a job is enqueued [G20]',
  },
  {
    fault: 'never ends a lease',
    wrap: (queue) => new NoExpiry(queue),
    group: 'leases',
    title: 'gives the jobs of a silent session to another when its lease is over [RQ-40]',
  },
  {
    fault: 'accepts a stale settlement',
    wrap: (queue) => new AcceptsStale(queue),
    group: 'settle',
    title: 'answers a success with an old token with lost, and changes nothing [G5]',
  },
  {
    fault: 'applies a call before the one that it is to follow',
    wrap: (queue) => new IgnoresOrder(queue),
    group: 'order of calls',
    title: 'refuses a job of a call that follows one which was not applied, and stores nothing',
  },
  {
    fault: 'releases a dependent twice',
    wrap: (queue) => new ReleasesTwice(queue),
    group: 'dependents',
    title: 'releases a job once, with one entry in its history',
  },
  {
    fault: 'reverses the order',
    wrap: (queue) => new OrderReversed(queue),
    group: 'claim order',
    title: 'hands jobs of one queue and priority out in the order enqueued [G11] [RW-38]',
  },
  {
    fault: 'overwrites a result',
    wrap: (queue) => new OverwritesResults(queue),
    group: 'repeated calls',
    title: 'answers a settle that decided before with already, and keeps the first result [G6]',
  },
  {
    fault: 'replays a claim as a new one',
    wrap: (queue) => new ReplayAsNewClaim(queue),
    group: 'repeated calls',
    title: 'answers a repeated claim with the same jobs, tokens and values',
  },
  {
    fault: 'forgets unnamed jobs at a resume',
    wrap: (queue) => new ForgetsUnnamed(queue),
    group: 'resume',
    title: 'gives back what is held and not named: to the front, in the old order, attempt taken back',
  },
  {
    fault: 'reuses a token after an id is reused',
    wrap: (queue) => new ReusesTokens(queue),
    group: 'duplicate ids',
    title: 'hands out a higher token after an id is reused [G5]',
  },
  {
    fault: 'charges jobs that were handed out ahead',
    wrap: (queue) => new ChargesAhead(queue),
    group: 'the end of a lease',
    title: 'charges a crash to jobs held for a slot, and nothing to those handed out ahead',
  },
  {
    fault: 'expires sessions after an outage',
    wrap: (queue) => new ExpiresAfterOutage(queue),
    group: 'leases',
    title: 'expires nobody after an outage of the backend [G20]',
  },
  {
    fault: 'binds an edge on a sibling to a duplicate',
    wrap: (queue) => new BindsToDuplicate(queue),
    group: 'edges on siblings',
    title: 'refuses an item whose sibling was refused, though another job has that id',
  },
  {
    fault: 'never releases on the last of two needs',
    wrap: (queue) => new NeverReleasesLast(queue),
    group: 'dependents',
    title: 'releases a job with the last of the jobs that it needs, and not before',
  },
  {
    fault: 'drops an argument before the retry',
    wrap: (queue) => new DropsArguments(queue),
    group: 'argument values',
    title: 'keeps argument values for the next attempt, though their life is over',
  },
  {
    fault: 'copies the value of a job that forwards',
    wrap: (queue) => new CopiesForwarded(queue),
    group: 'argument values',
    title: 'carries the result of a forwarded job and of its target as one value',
  },
  {
    fault: 'reads the clock outside of sweep',
    wrap: (queue) => new ClockOutsideSweep(queue),
    group: 'leases',
    title: 'ends a lease only by a sweep: nobody else acts on the time',
  },
  {
    fault: 'lets a job write with an old token',
    wrap: (queue) => new WritesStale(queue),
    group: 'journals',
    title: 'stores no line of a job that is not held with that token [G5]',
  },
  {
    fault: 'writes the lines of a repeated append twice',
    wrap: (queue) => new WritesTwice(queue),
    group: 'lost and late messages',
    title: 'applies an append once though its reply was lost',
  },
  {
    fault: 'counts the lines that it keeps',
    wrap: (queue) => new CountsWhatItKeeps(queue),
    group: 'journals',
    title: 'passes over the numbers of lines that the worker dropped',
  },
  {
    fault: 'shows the journal of an earlier series',
    wrap: (queue) => new KeepsOldJournals(queue),
    group: 'journals',
    title: 'begins an empty journal with a new series',
  },
  {
    fault: 'tells nobody of what is appended',
    wrap: (queue) => new TellsNoNews(queue),
    group: 'following',
    title: 'tells of a job that is claimed only after it was followed, and at each attempt',
  },
  {
    fault: 'sees all sessions as if they lived',
    wrap: (queue) => new SeesAllNow(queue),
    group: 'owners of sessions',
    title: 'sees a session later than before when it renews, and else not [RW-07]',
  },
  {
    fault: 'keeps the tasks that a session had first',
    wrap: (queue) => new KeepsFirstTasks(queue),
    group: 'owners of sessions',
    title: 'lets the tasks of a higher revision count, and keeps what is held',
  },
]
