import { MAX_BATCH_ITEMS } from '../backend/limits.ts'

/** Fewer items are not cut in two to have both under way at once: a call costs the store as much as five to ten items. */
const WORTH_SHARING = 50

/**
 * How many items the next call carries at most, where `width` calls may be under way: with what is under way, those that
 * wait make as many equal shares as may be, so that the store works on one while the client sees to another.
 */
export function shareOf(waiting: number, underWay: number, width: number): number {
  const share = Math.ceil((waiting + underWay) / width)
  return Math.min(MAX_BATCH_ITEMS, Math.max(WORTH_SHARING, share))
}
