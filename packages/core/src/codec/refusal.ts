import { types } from 'node:util'
import { property } from '../property.ts'

const LONGEST_NAME = 60

/** Why an object of a kind that does not travel is refused, with what to send in its place. */
export function refusalOf(value: object): string {
  if (types.isRegExp(value)) return 'a RegExp does not travel; send its source and flags'
  if (types.isPromise(value)) return 'a promise does not travel; await it first'
  if (types.isNativeError(value)) return `an error of the class ${className(value)} does not travel; send its fields`
  if (types.isDataView(value)) return 'a DataView does not travel; send a Uint8Array'
  if (types.isSharedArrayBuffer(value)) return 'a SharedArrayBuffer does not travel; send a Uint8Array'
  return `an instance of the class ${className(value)} does not travel; send its data as a plain object`
}

/** What reading a value threw, in few words. */
export function thrownText(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown
  const name = property(thrown, 'name')
  const message = property(thrown, 'message')
  return typeof name === 'string' && typeof message === 'string' ? `${name}: ${message}`.slice(0, 100) : typeof thrown
}

function className(value: object): string {
  const { constructor: maker } = value as { readonly constructor?: unknown }
  const name = typeof maker === 'function' ? maker.name : ''
  return typeof name === 'string' && name !== '' ? name.slice(0, LONGEST_NAME) : 'without a name'
}
