import { bareProcess, bareProcessAdvanced } from '../pools/contenders/bare-process.ts'
import { bareThread } from '../pools/contenders/bare-thread.ts'
import { piscina } from '../pools/contenders/piscina.ts'
import { poolifierProcesses, poolifierThreads } from '../pools/contenders/poolifier.ts'
import { taskspaceAsync } from '../pools/contenders/taskspace.ts'
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
    taskspaceAsync,
    ...[bareThread, piscina, tinypoolThreads, workerPool, poolifierThreads],
    ...[bareProcess, bareProcessAdvanced, tinypoolProcesses, poolifierProcesses],
  ],
  [...echoMany, latency, cpu, start],
  [],
)
