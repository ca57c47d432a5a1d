const free = new WeakSet<Uint8Array>()

/** Say that nobody else has these bytes, or ever will: a payload that came as a message of its own. */
export function freeBytes(payload: string | Uint8Array): void {
  if (typeof payload !== 'string') free.add(payload)
}

/** Whether the memory of these bytes is free to be had: true once at most. */
export function takeFree(bytes: Uint8Array): boolean {
  return free.delete(bytes)
}
