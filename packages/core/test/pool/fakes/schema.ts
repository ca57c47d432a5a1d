import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema that makes its output by `convert`, or refuses everything with a message. */
export function schema<I, O>(convert: (value: I) => O | Promise<O>, refusal?: string): StandardSchemaV1<I, O> {
  const isAsync = convert.constructor.name === 'AsyncFunction'
  const validate = (value: unknown) => {
    if (refusal !== undefined) {
      const issues = { issues: [{ message: refusal }] }
      return isAsync ? Promise.resolve(issues) : issues
    }
    const output = convert(value as I)
    return output instanceof Promise ? output.then((made) => ({ value: made })) : { value: output }
  }
  return { '~standard': { version: 1, vendor: 'test', validate } }
}
