/** One step from a layout of the schema to the next; never changed once it was published. */
export interface Migration {
  /** 1, 3, 4 …: 2 is that of the functions. */
  readonly version: number
  /** For people: `first tables`. */
  readonly name: string
  /** Statements, with `@schema@` where the schema's name goes. */
  readonly sql: string
}

/** The functions of a store and the types they hand to each other: made anew where a store has others. */
export interface StoreFunctionsText {
  /** Their number among the migrations. */
  readonly version: number
  /** A store with functions of a higher one keeps them. */
  readonly revision: number
  /** Statements that create all of them, with `@schema@` where the schema's name goes. */
  readonly sql: string
}
