import type { TransactionStatement } from './backend/transaction.ts'
import { invalidOption } from './queue/option-values.ts'

/**
 * An open transaction of the store's own database: a client of `pg` after BEGIN, or whatever performs one statement with
 * `$1`-style parameters in it and resolves with its rows.
 */
export interface Transaction {
  // biome-ignore lint/suspicious/noExplicitAny: drivers differ in how they type parameters and rows
  query(text: string, values: any[]): PromiseLike<any>
}

/** What can perform a statement. @throws InvalidArgument for anything else. */
export function checkTransaction(value: unknown): Transaction {
  if (typeof value === 'object' && value !== null && typeof (value as Partial<Transaction>).query === 'function') {
    return value as Transaction
  }
  throw invalidOption('tx', value, 'has no query(text, values)')
}

/** Perform statements, one after the other. @returns the rows of the last one. */
export async function performIn(
  tx: Transaction,
  statements: readonly TransactionStatement[],
): Promise<readonly unknown[]> {
  let rows: readonly unknown[] = []
  for (const statement of statements) rows = await perform(tx, statement)
  return rows
}

/** Drivers hand rows out plain, or as `rows`. */
async function perform(tx: Transaction, { text, values }: TransactionStatement): Promise<readonly unknown[]> {
  const result: unknown = await tx.query(text, [...values])
  const rows = Array.isArray(result) ? result : (result as { readonly rows?: unknown } | undefined)?.rows
  if (Array.isArray(rows)) return rows
  throw invalidOption('tx', tx, 'does not answer rows')
}
