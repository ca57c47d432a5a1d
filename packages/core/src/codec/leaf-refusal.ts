/** Most bits of a bigint: reading and writing one takes time that grows with the square of its digits. */
export const MOST_BIGINT_BITS = 16_384

/** Why a bigint cannot travel; `undefined` if it can. */
export function bigintRefusal(value: bigint): string | undefined {
  const magnitude = value < 0n ? -value : value
  const bits = magnitude.toString(16).length * 4
  return bits > MOST_BIGINT_BITS
    ? `a bigint of more than ${MOST_BIGINT_BITS} bits does not travel; send it as bytes`
    : undefined
}

/** Why a date cannot travel; `undefined` if it can. */
export function dateRefusal(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? 'an invalid Date does not travel; send null' : undefined
}
