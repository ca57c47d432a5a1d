/**
 * The number of one mutating call: a backend applies (session, lane, number) once.
 *
 * A lane has one call outstanding; `number` starts at 1 in each epoch and rises with each call; it is used again only to
 * repeat the same call, with the same content, when its answer was not seen. For a backend:
 * - any number above the last applied one: apply it, remember it and what it answered (gaps are legal: a call may have
 *   been refused, or have taken nothing);
 * - the last applied number again: change nothing, answer the same as the first time (jobs of a claim as they are held
 *   under that number now: those lost, canceled or settled since are left out);
 * - a lower number, or an older epoch: throw `StaleCall`, change nothing;
 * - a session it does not know: throw `SessionUnknown`; one whose end was recorded by a sweep: throw `SessionEnded`.
 *
 * A claim that takes nothing leaves no trace: its number counts as not applied.
 *
 * A client may have calls under way on several lanes at once, and still want them applied in its order: the later one then
 * names the earlier in `after`, and a backend throws `EarlyCall`, changing nothing, where that was not applied. Only
 * enqueues name one, and only where the backend says that it `pipelines`.
 */
export interface Call {
  /** Id of the session: 96 random bits, new at each start of a client. */
  readonly session: string
  /** Raised by `resume`; 0 at the start. */
  readonly epoch: number
  /** Which line of calls of that session; a small integer, chosen by the client. */
  readonly lane: number
  readonly number: number
  /** A call of the same session and epoch, on another lane, that must have been applied before this one. */
  readonly after?: PrecedingCall
}

/** Which call has to be applied first: the number, or a higher one, of a lane. */
export interface PrecedingCall {
  readonly lane: number
  readonly number: number
}
