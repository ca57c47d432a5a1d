import { bare } from '../contenders/bare.ts'
import { fastq } from '../contenders/fastq.ts'
import { pQueue } from '../contenders/p-queue.ts'
import { platformatic } from '../contenders/platformatic.ts'
import { taskspace } from '../contenders/taskspace.ts'
import { suite } from '../suite.ts'
import { codec } from '../workloads/codec.ts'
import { enqueueDrain } from '../workloads/enqueue-drain.ts'
import { fanIn } from '../workloads/fan-in.ts'
import { heap } from '../workloads/heap.ts'
import { life } from '../workloads/life.ts'
import { requestReply, sequential } from '../workloads/request-reply.ts'

/** The memory backend with jobs on the event loop, beside queues that live in a process too. */
export const memory = suite(
  'memory',
  [taskspace, pQueue, fastq, platformatic, bare],
  [life, requestReply, sequential, ...enqueueDrain, fanIn, heap, codec],
  [
    { figure: 'life', peer: 'p-queue', times: 2 },
    { figure: 'life', peer: 'platformatic', times: 3.5 },
    { figure: 'request-reply-100', peer: 'platformatic', times: 3.5 },
    { figure: 'sequential-p50', atMost: 30 },
    { figure: 'heap-per-queued-job', atMost: 600 },
  ],
)
