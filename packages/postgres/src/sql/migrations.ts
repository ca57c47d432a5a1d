import type { Migration } from '../migrate/migration.ts'

/** The layout of the tables that this version writes. */
export const LAYOUT = 1

/** The oldest version, by its layout, that can read what this one writes. */
export const MIN_READER = 1

/** All steps to the present layout, in order. */
export const migrations: readonly Migration[] = []
