import { bareProcess, bareProcessAdvanced } from '../pools/contenders/bare-process.ts'
import { bareThread } from '../pools/contenders/bare-thread.ts'
import { piscina } from '../pools/contenders/piscina.ts'
import { poolifierProcesses, poolifierThreads } from '../pools/contenders/poolifier.ts'
import { taskspaceAsync, taskspaceProcess, taskspaceThread } from '../pools/contenders/taskspace.ts'
import { tinypoolProcesses, tinypoolThreads } from '../pools/contenders/tinypool.ts'
import { workerPool } from '../pools/contenders/workerpool.ts'
import { cpu } from '../pools/workloads/cpu.ts'
import { echoMany } from '../pools/workloads/echo-many.ts'
import { latency } from '../pools/workloads/latency.ts'
import { start } from '../pools/workloads/start.ts'
import { suite } from '../suite.ts'

/** Each kind of pool on the memory backend, beside pools that only call functions. */
export const pools = suite(
  'pools',
  [
    ...[taskspaceAsync, taskspaceThread, taskspaceProcess],
    ...[bareThread, piscina, tinypoolThreads, workerPool, poolifierThreads],
    ...[bareProcess, bareProcessAdvanced, tinypoolProcesses, poolifierProcesses],
  ],
  [...echoMany, latency, cpu, start],
  [
    { figure: 'echo', ours: 'taskspace-thread', peer: 'piscina', times: 4 },
    { figure: 'echo', ours: 'taskspace-thread', peer: 'poolifier-threads', times: 1.5 },
    { figure: 'echo', ours: 'taskspace-process', peer: 'tinypool-processes', times: 8 },
    { figure: 'echo', ours: 'taskspace-process', peer: 'poolifier-processes', times: 1.4 },
    { figure: 'echo-1mb', ours: 'taskspace-thread', peer: 'bare-thread', times: 0.8 },
    { figure: 'echo-1mb', ours: 'taskspace-process', peer: 'bare-process-advanced', times: 0.8 },
    { figure: 'latency-p50', ours: 'taskspace-thread', peer: 'bare-thread', atMost: 50 },
    { figure: 'latency-p50', ours: 'taskspace-process', peer: 'bare-process', atMost: 100 },
  ],
)
