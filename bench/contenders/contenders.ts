import type { Contender } from '../contender.ts'
import { fastq } from './fastq.ts'
import { pQueue } from './p-queue.ts'
import { platformatic } from './platformatic.ts'
import { taskspace } from './taskspace.ts'

/** Everybody who is measured, ours first. */
export const contenders: readonly Contender[] = [taskspace, pQueue, fastq, platformatic]
