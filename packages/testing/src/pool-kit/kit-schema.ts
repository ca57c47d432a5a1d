/** Just enough of a Standard Schema to check one condition: https://standardschema.dev. */
export interface KitSchema<In, Out> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'taskspace'
    readonly validate: (
      value: unknown,
    ) => { readonly value: Out } | { readonly issues: readonly { readonly message: string }[] }
    readonly types?: { readonly input: In; readonly output: Out }
  }
}

/** A schema for text that makes upper case of it, and refuses what is empty. */
export const loudText: KitSchema<string, string> = {
  '~standard': {
    version: 1,
    vendor: 'taskspace',
    validate: (value) => {
      if (typeof value === 'string' && value !== '') return { value: value.toUpperCase() }
      return { issues: [{ message: 'no text' }] }
    },
  },
}

/** A schema for even numbers. */
export const evenNumber: KitSchema<number, number> = {
  '~standard': {
    version: 1,
    vendor: 'taskspace',
    validate: (value) => {
      if (typeof value === 'number' && value % 2 === 0) return { value }
      return { issues: [{ message: 'not even' }] }
    },
  },
}
