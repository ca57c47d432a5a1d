/** One step from a layout of the schema to the next; never changed once it was published. */
export interface Migration {
  /** 1, 2, 3 …: without gaps. */
  readonly version: number
  /** For people: `first tables`. */
  readonly name: string
  /** Statements, with `@schema@` where the schema's name goes. */
  readonly sql: string
}
