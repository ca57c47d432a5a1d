import type { Payload } from '../backend/payload.ts'
import type { Codec } from '../codec/codec.ts'
import type { FailureRecord } from '../errors/failure-record.ts'
import { failureFromRecord, type TaskFailure } from '../errors/task-failure.ts'

/** The error that a caller sees for a stored failure. */
export function decodeFailure(codec: Codec, record: FailureRecord): TaskFailure {
  if (record.details === undefined) return failureFromRecord(record)
  return failureFromRecord(record, detailsOf(codec, record.details))
}

// A failure is told even if its details cannot be: what is wrong with them stands in their place.
function detailsOf(codec: Codec, payload: Payload): unknown {
  try {
    return codec.decode(payload)
  } catch (error) {
    return error
  }
}
