/** Version of the contract between core and its backends; two that differ refuse each other (`VersionMismatch`). */
export const CONTRACT_VERSION = 1

/** Most items that one call carries; a client cuts longer batches. */
export const MAX_BATCH_ITEMS = 256

/** Most payload bytes that one call carries, if it has more than one item; a client cuts larger batches. */
export const MAX_BATCH_BYTES = 1024 * 1024

/** Most consequences (a dependent released, a job of an ended session given back …) that one call works off inline. */
export const MAX_INLINE_STEPS = 256

/** Most ids in one `cancel` with `cascade: 'refuse'`, which is all or nothing. */
export const MAX_CANCEL_IDS = 1000

/** Largest payload: the arguments, or the result, of one job. Default; settable per broker. */
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024

/** Most bytes of resolved argument values that one job may need together. Default; settable per pool. */
export const MAX_ARGUMENT_BYTES = 128 * 1024 * 1024

/** Default limit of the payload bytes in one claim reply; a reply with one job may pass it. */
export const CLAIM_REPLY_BYTES = 8 * 1024 * 1024

/** Argument values up to this size ride in the claim reply; larger ones are read in chunks of this size. */
export const INLINE_VALUE_BYTES = 256 * 1024

/** Results up to this size ride on the notification to those who wait; larger ones are read by whoever wants them. */
export const PUSHED_VALUE_BYTES = 4096

/** Longest text, and longest stack, of a failure record, in bytes. */
export const MAX_FAILURE_TEXT_BYTES = 8192

/** Longest text of one line of a job's journal, in bytes of UTF-8. */
export const MAX_JOURNAL_LINE_BYTES = 8192

/** Lines that a job's journal keeps: the newest. */
export const MAX_JOURNAL_LINES = 1000

/** Longest id, task name and queue name, in UTF-16 units. */
export const MAX_NAME_LENGTH = 512

/** A session that made no call for this long is forgotten; its next call is answered `SessionUnknown`. */
export const SESSION_SILENCE_MS = 10 * 60_000

/** Lease of a pool whose jobs cannot block its own event loop. */
export const ISOLATED_LEASE_MS = 5_000

/** Lease of a pool that runs user code on its own event loop. */
export const EVENT_LOOP_LEASE_MS = 15_000

/** Crashes after which a job fails, unless the job or its task says otherwise. */
export const DEFAULT_MAX_CRASHES = 3

/** Delay before a job runs again after its first, second, and any later crash. */
export const CRASH_BACKOFF_MS = [0, 1_000, 5_000] as const

/** How long a result is kept after success, unless the job or its task says otherwise. */
export const DEFAULT_RESULT_TTL_MS = 60 * 60_000

/** Retention of the records of jobs that ended in success or were canceled: this long … */
export const RECORD_TTL_MS = 7 * 24 * 60 * 60_000

/** … and at most this many, the newest; one whose result is kept or still needed does not go for the count. */
export const RECORD_COUNT = 50_000

/** History keeps the first entry and the newest, this many in all. */
export const MAX_HISTORY = 100

/** Delay before a job is handed out again that its pool had no task for, while another pool has it. */
export const UNKNOWN_TASK_DELAY_MS = 1_000
