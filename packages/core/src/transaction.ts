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

/** Perform a statement. @returns its rows, whether the driver hands them out plain or as `rows`. */
export async function performIn(tx: Transaction, { text, values }: TransactionStatement): Promise<readonly unknown[]> {
  const result: unknown = await tx.query(text, [...values])
  const rows = Array.isArray(result) ? result : (result as { readonly rows?: unknown } | undefined)?.rows
  if (Array.isArray(rows)) return rows
  throw invalidOption('tx', tx, 'does not answer rows')
}
