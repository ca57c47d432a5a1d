import { functions, LAYOUT, MIN_READER, migrations } from '../sql/migrations.ts'
import type { MigrationPlan } from './run-migrations.ts'

/** What a schema has to be brought to for this version. */
export function storePlan(schema: string): MigrationPlan {
  return { schema, migrations, functions, layout: LAYOUT, minReader: MIN_READER }
}
