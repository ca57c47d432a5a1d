/** A Lua script; the link adds `local PUBLISH`, the command that reaches the subscribers of this kind of server. */
export interface Script {
  /** As in messages: the name of its file. */
  readonly name: string
  readonly source: string
}

/**
 * Which connection a call takes: `data` for what carries payloads, `control` for what never does and must not wait behind
 * them (renewals, sweeps, counts).
 */
export type Channel = 'data' | 'control'

/** An argument of a script. */
export type ScriptArgument = string | Buffer | number

/** Who hears what is published on a channel. */
export interface Hearer {
  message(bytes: Buffer): void
  /** Messages may have been missed: the subscription was lost and is back, or another server answers now. */
  restored(): void
}

/** An open subscription. */
export interface LinkSubscription {
  /** Idempotent. */
  close(): Promise<void>
}

/** The way to one Redis, for one namespace: calls scripts and hears messages, whatever becomes of the connections. */
export interface RedisLink {
  /**
   * Connect, and check that the server can be used. Idempotent.
   *
   * @throws BackendUnavailable if it is away; BackendRefused if it cannot be used; Closed.
   */
  open(): Promise<void>
  /** Disconnect, leaving no timer, listener or socket. Idempotent. */
  close(): Promise<void>
  /**
   * Run a script, once: it is never sent again. Its only key is the namespace's root key. Replies come as Buffers, numbers,
   * null and arrays of them. An error that the script itself raises is thrown as it came.
   *
   * @throws BackendUnavailable `rejected` if it was not run, `unknown` if no answer came; BackendRefused; Closed.
   */
  run(channel: Channel, script: Script, argv: readonly ScriptArgument[]): Promise<unknown>
  /**
   * Hear what is published on a channel; resolves when the server has confirmed it. A second hearer of a channel takes the
   * first one's place.
   *
   * @throws BackendUnavailable; Closed.
   */
  subscribe(channel: string, hearer: Hearer): Promise<LinkSubscription>
  /** Ask the server for a sign of life (WQ-56). @throws BackendUnavailable; Closed. */
  ping(): Promise<void>
}
