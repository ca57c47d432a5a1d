import { BackendRefused } from '@taskspace/core/backend'
import pg, { type CustomTypesConfig } from 'pg'

const INT8 = 20
const NUMERIC = 1700
const BYTEA = 17

/** `int8` (and `numeric`, which sums of it are) as number. @throws BackendRefused beyond 2^53, where a number would lie. */
function checkedNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new BackendRefused(`the server answered ${text}, which is beyond what a number can hold`)
  }
  return value
}

/** How values that PGlite receives become ours, by the type's object id. */
export const embeddedParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: checkedNumber,
  [NUMERIC]: checkedNumber,
  [BYTEA]: (text) => Buffer.from(text.slice(2), 'hex'),
}

/** How values that pg receives become ours: its own way, but for whole numbers. */
export const resultTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? checkedNumber
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}
