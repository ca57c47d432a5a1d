/** What every client asks to be known, and what reads. */
const READING = [
  'appended_v1',
  'begin_v1',
  'counts_v1',
  'end_v1',
  'follow_v1',
  'hear_v1',
  'journal_v1',
  'now_v1',
  'open_v1',
  'read_v1',
  'read_value_v1',
  'ready_v1',
  'renew_v1',
  'resume_v1',
  'sightings_v1',
  'sweep_v1',
  'unfollow_v1',
  'unwatch_v1',
  'watch_again_v1',
  'watch_v1',
] as const

const ENQUEUING = [...READING, 'enqueue_v1', 'enqueue_inside_v1'] as const

/** The functions that each role may call; they do the rest as the schema's owner. */
export const ROLE_FUNCTIONS = {
  /** Claims and settles jobs, gives orders, and does all that the others do. */
  worker: [...ENQUEUING, 'append_v1', 'claim_v1', 'complete_inside_v1', 'control_v1', 'settle_v1'],
  /** Stores jobs, and reads their results. */
  enqueue: ENQUEUING,
  /** Reads jobs, results, logs and counts. */
  read: READING,
} as const
