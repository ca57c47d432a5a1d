import { LOG_LEVELS, type LogLevel } from '../journal/job-news.ts'
import type { EventsOptions, FollowOptions, LogsOptions } from '../queue/deferred.ts'
import { checkOptionNames, invalidOption, parseWord } from '../queue/option-values.ts'
import { waitSignal } from './wait-options.ts'

const LOGS_OPTIONS: ReadonlySet<string> = new Set<keyof LogsOptions>(['after', 'level'])
const EVENTS_OPTIONS: ReadonlySet<string> = new Set<keyof EventsOptions>(['after'])
const FOLLOW_OPTIONS: ReadonlySet<string> = new Set<keyof FollowOptions>(['after', 'signal'])

/** Check what `logs` was given. @throws InvalidArgument naming the option. */
export function parseLogsOptions(options: LogsOptions = {}): { readonly after: number; readonly level: LogLevel } {
  checkOptionNames(options, 'logs options', LOGS_OPTIONS)
  const { level = 'debug' } = options
  return { after: parseAfter(options.after), level: parseWord('level', level, LOG_LEVELS) }
}

/** Check what `events` was given. @throws InvalidArgument naming the option. */
export function parseEventsOptions(options: EventsOptions = {}): { readonly after: number } {
  checkOptionNames(options, 'events options', EVENTS_OPTIONS)
  return { after: parseAfter(options.after) }
}

/** Check what `follow` was given. @throws InvalidArgument naming the option. */
export function parseFollowOptions(options: FollowOptions = {}): {
  readonly after: number
  readonly signal: AbortSignal | undefined
} {
  checkOptionNames(options, 'follow options', FOLLOW_OPTIONS)
  const { after, ...wait } = options
  return { after: parseAfter(after), signal: waitSignal(wait) }
}

function parseAfter(after: unknown = 0): number {
  if (Number.isSafeInteger(after) && (after as number) >= 0) return after as number
  throw invalidOption('after', after, 'is not an integer from 0')
}
