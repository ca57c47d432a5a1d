/** Something that `doctor` has found. */
export interface Finding {
  /** `error`: it does not work, or loses what was accepted; `warning`: it works less well than it could. */
  readonly severity: 'error' | 'warning'
  /** Stable name of what was found, such as `fsync-off`. */
  readonly code: string
  /** What it is, and what to do about it. */
  readonly text: string
}
