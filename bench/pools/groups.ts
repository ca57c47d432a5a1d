const OURS = ['taskspace-async', 'taskspace-thread', 'taskspace-process'] as const
const THREADS = ['bare-thread', 'piscina', 'tinypool-threads', 'workerpool', 'poolifier-threads'] as const
const PROCESSES = ['tinypool-processes', 'poolifier-processes'] as const

/** Everybody. */
export const ALL_CONTENDERS: readonly string[] = [...OURS, ...THREADS, 'bare-process', ...PROCESSES]

/**
 * Who is measured with values of some size: plain `fork` has no bytes, so they go by `advanced`; tinypool's processes make an
 * object with a field for each byte of them, and are left out.
 */
export const MANY_CONTENDERS: Readonly<Record<string, readonly string[]>> = {
  echo: ALL_CONTENDERS,
  'echo-1kb': ALL_CONTENDERS,
  'echo-1mb': [...OURS, ...THREADS, 'bare-process-advanced'],
}
