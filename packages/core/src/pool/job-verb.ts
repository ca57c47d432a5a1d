import type { FailOptions } from '../current-job.ts'
import { type Duration, toMs } from '../duration.ts'
import { checkOptionNames, invalidOption } from '../queue/option-values.ts'

/** What `throw job.retry(…)` or `throw job.fail(…)` asks for. */
export type VerbRequest =
  | { readonly kind: 'retry'; readonly delayMs: number | undefined; readonly reason: string | undefined }
  | { readonly kind: 'fail'; readonly reason: string; readonly group: string | undefined; readonly details: unknown }

const BRAND: unique symbol = Symbol.for('taskspace/job-verb')

/** The error that carries a verb out of the task; thrown by the task, or else without effect. */
export class JobVerb extends Error {
  override readonly name = 'JobVerb'
  readonly request: VerbRequest
  /** Token of the claim it is about: thrown in another job it is an error like any other. */
  readonly token: number
  readonly [BRAND] = true

  constructor(token: number, request: VerbRequest) {
    super(request.reason ?? 'retry asked for by the task')
    this.token = token
    this.request = request
  }
}

/** Whether a thrown value is a verb of this claim, from whichever copy of the package. */
export function isVerbOf(token: number, thrown: unknown): thrown is JobVerb {
  if (typeof thrown !== 'object' || thrown === null) return false
  return (thrown as Record<symbol, unknown>)[BRAND] === true && (thrown as JobVerb).token === token
}

/** What `job.retry()` was given. @throws InvalidArgument */
export function retryRequest(delay: Duration | undefined, reason: string | undefined): VerbRequest {
  if (reason !== undefined) checkText('reason', reason)
  return { kind: 'retry', delayMs: delay === undefined ? undefined : toMs(delay, 'delay'), reason }
}

/** What `job.fail()` was given. @throws InvalidArgument */
export function failRequest(reason: string, options: FailOptions): VerbRequest {
  checkOptionNames(options, 'fail options', FAIL_OPTIONS)
  const { group, details } = options
  checkText('reason', reason)
  if (group !== undefined) checkText('group', group)
  return { kind: 'fail', reason, group, details }
}

const FAIL_OPTIONS: ReadonlySet<string> = new Set<keyof FailOptions>(['group', 'details'])

function checkText(field: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidOption(field, value, 'is not a string')
}
