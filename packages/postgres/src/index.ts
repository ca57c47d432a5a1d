export type { PostgresPool, PostgresPoolClient, PostgresStoreOptions } from './connection/postgres-options.ts'
export { migrate } from './migrate/migrate.ts'
export type { MigrationReport } from './migrate/run-migrations.ts'
export { PostgresTaskQueue, type PostgresTaskQueueOptions } from './postgres-task-queue.ts'
