import type { Workload } from '../workload.ts'
import { codec } from './codec.ts'
import { enqueueDrain } from './enqueue-drain.ts'
import { fanIn } from './fan-in.ts'
import { heap } from './heap.ts'
import { life } from './life.ts'
import { requestReply, sequential } from './request-reply.ts'

/** Everything that is measured, in the order of the output. */
export const workloads: readonly Workload[] = [life, requestReply, sequential, ...enqueueDrain, fanIn, heap, codec]
