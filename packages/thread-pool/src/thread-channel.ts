import { getHeapStatistics } from 'node:v8'
import type { MessagePort } from 'node:worker_threads'
import {
  type FromWorker,
  type PackedToWorker,
  packedFromWorker,
  type ToWorker,
  unpackedToWorker,
  type WorkerChannel,
} from '@taskspace/core/pool'
import { ownedBuffers } from './owned-buffers.ts'

/** What a thread sends and hears: the port that jobs stream over. */
export class ThreadChannel implements WorkerChannel {
  readonly #port: MessagePort
  readonly #begun: Int32Array
  readonly #left: () => void

  /** `begun` is memory shared with the host; `left` ends the thread's task. */
  constructor(port: MessagePort, begun: Int32Array, left: () => void) {
    this.#port = port
    this.#begun = begun
    this.#left = left
  }

  send(batch: readonly FromWorker[]): void {
    this.#port.postMessage(batch.map(packedFromWorker), ownedBuffers(batch))
  }

  onMessages(listener: (batch: readonly ToWorker[]) => void): void {
    this.#port.on('message', (batch: readonly PackedToWorker[]) => listener(batch.map(unpackedToWorker)))
  }

  begun(seq: number): void {
    Atomics.store(this.#begun, 0, seq)
  }

  /** The heap of this thread and what it holds outside; the process as a whole is everybody's. */
  memoryBytes(): number {
    const { total_heap_size, external_memory } = getHeapStatistics()
    return total_heap_size + external_memory
  }

  // What was sent lies in the other end of the port already.
  leave(): void {
    this.#port.close()
    this.#left()
  }
}
