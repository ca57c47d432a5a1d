import { createHash } from 'node:crypto'
import type { Script } from './redis-link.ts'

/** A script as a kind of server needs it. */
export interface AdaptedScript {
  readonly source: string
  readonly sha: string
}

/** Scripts with the command that reaches the subscribers of a server: on a Cluster that can, those of a slot. */
export class AdaptedScripts {
  readonly #plain = new WeakMap<Script, AdaptedScript>()
  readonly #sharded = new WeakMap<Script, AdaptedScript>()

  /** The script; `isSharded`: channels belong to slots. */
  adapt(script: Script, isSharded: boolean): AdaptedScript {
    const known = isSharded ? this.#sharded : this.#plain
    const before = known.get(script)
    if (before !== undefined) return before
    // On the script's own first line, so that the server's errors name the lines of the file.
    const source = `local PUBLISH = '${isSharded ? 'SPUBLISH' : 'PUBLISH'}' ${script.source}`
    const adapted = { source, sha: createHash('sha1').update(source).digest('hex') }
    known.set(script, adapted)
    return adapted
  }
}
