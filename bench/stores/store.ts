import type { BenchServer, StoreContender } from './contender.ts'

/** A kind of store: how to start one, and who is measured on it. */
export interface Store {
  readonly name: string
  start(): Promise<BenchServer>
  readonly contenders: readonly StoreContender[]
}
