import type { FromWorker, ToWorker } from './messages.ts'

/** How a worker came to its end; `stderr`: the last that it wrote there, if that is known. */
export type WorkerExit = { readonly stderr?: string } & (
  | { readonly kind: 'exit-code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** Its heap was full. */
  | { readonly kind: 'out-of-memory' }
  /** It could not be spoken to any more, and was terminated. */
  | { readonly kind: 'channel-closed'; readonly detail: string }
  /** It could not be made at all. */
  | { readonly kind: 'spawn-failed'; readonly detail: string }
)

/** How to end a worker: `ask` gives its code a chance to notice (SIGTERM), where there is one; `force` does not. */
export type Termination = 'ask' | 'force'

/** What a worker takes at this moment; a field is absent where that cannot be told. */
export interface WorkerUsage {
  /** Memory, in bytes. */
  readonly memoryBytes?: number
  /** Time of processors that it has used since it began, in ms. */
  readonly cpuMs?: number
}

/** The host's end of one worker. Nothing of it throws. */
export interface WorkerLink {
  /** What it is called in logs: `process 4711`, `thread 3`. */
  readonly label: string

  /** Send messages, in order, in one piece. Those to a worker that has ended are dropped. */
  send(batch: readonly ToWorker[]): void

  /**
   * Hear what it sends. Called once, before anything can have come; never again after `exited`, before which everything
   * that it had sent arrives.
   */
  onMessages(listener: (batch: readonly FromWorker[]) => void): void

  /**
   * The highest number of a job that the worker has marked as begun (`WorkerChannel.begun`), 0 at first. Read from memory
   * or a file that both share, so that it is right also while the worker does not answer, and after its end.
   */
  lastBegun(): number

  /**
   * Where its code is at this moment, also if it computes without end: the calls as `stackText` writes them; empty: none
   * runs. `undefined`: that cannot be told. Never rejects, and settles within seconds.
   */
  stack(): Promise<string | undefined>

  /** What it takes, and all that it has started, also if it computes without end. Never rejects, and settles within seconds. */
  usage(): Promise<WorkerUsage>

  /** End it, and all that it has started. Idempotent; `force` may follow `ask`. */
  terminate(how: Termination): void

  /** Resolves once, when it and what it started have ended, with why; never rejects. */
  readonly exited: Promise<WorkerExit>
}

/** What a link tells besides messages. */
export interface WorkerWatcher {
  /**
   * Lines came out of the worker by a way that does not tell whose they are: what a library in C or a program started by
   * the job wrote.
   */
  output(stream: 'stdout' | 'stderr', lines: readonly string[]): void

  /** Somebody wants to know where its code is: a signal came to it. */
  stackWanted(): void
}

/** Makes workers: the one thing that kinds of isolated pools differ in. */
export interface WorkerSpawner {
  /**
   * Start a worker. Its code calls `serveWorker`, and gets `setup` as its first message. What goes wrong ends up in
   * `exited`.
   */
  spawn(watcher: WorkerWatcher): WorkerLink

  /** All workers have ended: free what they shared. */
  close(): Promise<void>
}

/** The worker's end of its link. */
export interface WorkerChannel {
  /** Send messages, in order, in one piece. */
  send(batch: readonly FromWorker[]): void

  /** Hear what the host sends. Called once. */
  onMessages(listener: (batch: readonly ToWorker[]) => void): void

  /** Call back when somebody wants this worker to take no jobs for a while, or to take them again. Absent: nobody can. */
  onPause?(listener: (paused: boolean) => void): void

  /** Call back when somebody wants this worker to end as soon as it has done what it has. Absent: nobody can. */
  onRetire?(listener: () => void): void

  /** Mark that the job of this number begins, where the host can read it at once, whatever happens to this worker. */
  begun(seq: number): void

  /** Memory that this worker takes, in bytes. */
  memoryBytes(): number

  /** End this worker, once all that was sent has left it. */
  leave(): void
}

/** Milliseconds of a clock that all processes and threads of this machine share and nobody sets. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
