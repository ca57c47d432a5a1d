import { BatchTooLarge, type Command, type ControlAnswer, JOB_STATES, MAX_CANCEL_IDS } from '@taskspace/core/backend'
import { storedEdge } from './enqueue.ts'
import type { StoredNews } from './news.ts'
import { escapeText, unescapeText } from './text-escapes.ts'

/** Refuse a call as a whole, before anything is changed. @throws BatchTooLarge */
export function checkCommands(commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.kind !== 'cancel' || command.cascade !== 'refuse' || command.ids.length <= MAX_CANCEL_IDS) continue
    throw new BatchTooLarge(`cancel of ${command.ids.length} jobs at once, more than ${MAX_CANCEL_IDS}`)
  }
}

/** Orders as the store reads them. */
export function commandsJson(commands: readonly Command[]): string {
  return JSON.stringify(commands.map(storedCommand))
}

function storedCommand(command: Command): object {
  switch (command.kind) {
    case 'cancel':
      return { ...command, ids: command.ids.map(escapeText), reason: escapeText(command.reason) }
    case 'drain':
      return { kind: command.kind, queue: escapeText(command.queue) }
    case 'depend':
      return { kind: command.kind, id: escapeText(command.id), edges: command.edges.map(storedEdge) }
    case 'undepend':
      return {
        kind: command.kind,
        id: escapeText(command.id),
        on: command.on === 'all' ? command.on : command.on.map(escapeText),
      }
    default:
      return { ...command, id: escapeText(command.id) }
  }
}

/** What `control_v1` answers. */
export interface ControlReply {
  readonly answers: readonly StoredControlAnswer[]
  readonly news: readonly StoredNews[]
}

/** As the store answers: states are indices. */
export type StoredControlAnswer =
  | { readonly code: 'canceled'; readonly found: readonly (number | null)[] }
  | { readonly code: 'has-dependents'; readonly id: string; readonly dependents: readonly string[] }
  | { readonly code: 'ok'; readonly count: number }
  | { readonly code: 'no-such-job'; readonly about: string }
  | { readonly code: 'invalid-state'; readonly state: number }
  | { readonly code: 'dependency-cycle' }

/** What was answered to one order. */
export function controlAnswer(stored: StoredControlAnswer): ControlAnswer {
  switch (stored.code) {
    case 'canceled':
      return { code: stored.code, found: stored.found.map((state) => (state === null ? undefined : JOB_STATES[state])) }
    case 'has-dependents':
      return { code: stored.code, id: unescapeText(stored.id), dependents: stored.dependents.map(unescapeText) }
    case 'no-such-job':
      return { code: stored.code, about: unescapeText(stored.about) }
    case 'invalid-state':
      return { code: stored.code, state: stateAt(stored.state) }
    default:
      return stored
  }
}

/** The state that an index stands for. */
export function stateAt(index: number): (typeof JOB_STATES)[number] {
  const state = JOB_STATES[index]
  if (state === undefined) throw new Error(`the store has a job in a state that is not known: ${index}`)
  return state
}
