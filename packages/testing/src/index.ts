/** What the tests of an application need: time that can be moved, gates, and jobs that run when the test says so. @packageDocumentation */
export { type DrainOptions, drain } from './app/drain.ts'
export { type EventuallyOptions, eventually } from './app/eventually.ts'
export { type Gate, gate } from './app/gate.ts'
export type { RanJob } from './app/ran-job.ts'
export { type RunAsJobOptions, runAsJob } from './app/run-as-job.ts'
export { type TestBrokerOptions, testBroker } from './app/test-broker.ts'
export { VirtualClock } from './app/virtual-clock.ts'
export { FileGate, passGate } from './pool-kit/file-gate.ts'
