import { KitContext } from './kit-context.ts'
import type { TaskQueueTarget } from './task-queue-target.ts'

/** One behaviour of a backend: a sentence, and what checks it by throwing where it does not hold. */
export interface KitCase {
  /** A sentence that holds for every backend. */
  readonly title: string
  /** What the target must offer beyond `create`. */
  readonly needs?: 'reopen' | 'pipelines'
  run(kit: KitContext): Promise<void>
}

/** Cases about one part of the contract. */
export interface KitGroup {
  readonly name: string
  readonly cases: readonly KitCase[]
}

/** A case. */
export function behaviour(title: string, run: KitCase['run']): KitCase {
  return { title, run }
}

/** A case for two objects on one store. */
export function behaviourOfTwoClients(title: string, run: KitCase['run']): KitCase {
  return { title, run, needs: 'reopen' }
}

/** A case for backends that take several calls at once and keep their order. */
export function pipelined(title: string, run: KitCase['run']): KitCase {
  return { title, run, needs: 'pipelines' }
}

/** The cases of a group that a target can be asked. */
export function casesFor(group: KitGroup, target: TaskQueueTarget): readonly KitCase[] {
  return group.cases.filter((each) => each.needs === undefined || Boolean(target[each.needs]))
}

/** Run one case against a queue of its own; closes what it opened. @throws what the case throws. */
export async function runCase(kitCase: KitCase, target: TaskQueueTarget): Promise<void> {
  const kit = await KitContext.open(target)
  try {
    await kitCase.run(kit)
  } finally {
    await kit.close()
  }
}

/** A case that did not hold. */
export interface KitFailure {
  readonly title: string
  readonly error: unknown
}

/** Run the cases of a group one after another, and tell which do not hold. */
export async function failuresOf(group: KitGroup, target: TaskQueueTarget): Promise<KitFailure[]> {
  const failures: KitFailure[] = []
  for (const each of casesFor(group, target)) {
    try {
      await runCase(each, target)
    } catch (error) {
      failures.push({ title: each.title, error })
    }
  }
  return failures
}
