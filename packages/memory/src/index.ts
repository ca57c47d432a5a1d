/** The in-memory backend of Taskspace. @packageDocumentation */
export { createTaskQueue } from './create-task-queue.ts'
export { MemoryTaskQueue, type MemoryTaskQueueOptions } from './memory-task-queue.ts'
