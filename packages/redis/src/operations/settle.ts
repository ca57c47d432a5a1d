import type {
  AppendAnswer,
  AppendEntry,
  Call,
  ClaimRequest,
  SettleAnswer,
  Settlement,
  SettleReply,
} from '@taskspace/core/backend'
import { Packer, sizeOf } from '../wire/packer.ts'
import { answerOf, packCall } from './answer.ts'
import { packRequest, unpackClaimed } from './claim.ts'
import { packFailure } from './failure.ts'

/** How many values stand for one settlement that is not plain. */
const SETTLEMENT_WIDTH = 5

/** About how many bytes a small settlement takes, and what stands around them. */
const SETTLEMENT_BYTES = 48
const FIXED_BYTES = 256
/** Largest result that is kept where its job is, in bytes. */
const MOST_INLINE = 1024

type Success = Extract<Settlement, { readonly kind: 'success' }>

/** What `settle.lua` is asked; `client`: who is to be woken if there is nothing to claim. */
export function packSettle(
  call: Call,
  settlements: readonly Settlement[],
  request: ClaimRequest | undefined,
  client: string | undefined,
): Buffer {
  const packer = new Packer(FIXED_BYTES + settlements.length * SETTLEMENT_BYTES).array(5)
  packCall(packer, call)
  if (settlements.every(isPlain)) {
    packPlain(packer, settlements)
    packer.array(0)
  } else {
    packer.flag(false).array(settlements.length * SETTLEMENT_WIDTH)
    for (const settlement of settlements) packSettlement(packer, settlement)
  }
  return packer.maybe(request, packRequest).maybe(client, (to, value) => to.text(value)).done
}

/** What `settle.lua` answered; `isCut` as in `Claimed`. */
export function unpackSettle(
  reply: unknown,
  call: Call,
  count: number,
): { readonly reply: SettleReply; readonly isCut: boolean } {
  const from = answerOf(reply, { call })
  const told = from.maybe((at) => at.list((each) => each.text() as SettleAnswer))
  const answers = told ?? new Array<'ok'>(count).fill('ok')
  const claimed = from.maybe(unpackClaimed)
  if (claimed === undefined) return { reply: { answers }, isCut: false }
  return { reply: { answers, claim: claimed.reply }, isCut: claimed.isCut }
}

/** What `append.lua` is asked. */
export function packAppend(call: Call, entries: readonly AppendEntry[]): Buffer {
  const packer = new Packer().array(2)
  packCall(packer, call)
  return packer.list(entries, packEntry).done
}

/** What `append.lua` answered. */
export function unpackAppend(reply: unknown, call: Call, count: number): readonly AppendAnswer[] {
  const answers = answerOf(reply, { call }).maybe((from) => from.list((each) => each.text() as AppendAnswer))
  return answers ?? new Array<'ok'>(count).fill('ok')
}

function isPlain(settlement: Settlement): settlement is Success {
  return settlement.kind === 'success' && sizeOf(settlement.value) <= MOST_INLINE
}

/** Columns, so that a script has each as it needs it. */
function packPlain(packer: Packer, settlements: readonly Success[]): void {
  packer.array(4)
  packer.list(settlements, (to, { id }) => to.id(id))
  packer.list(settlements, (to, { token }) => to.number(token))
  packer.list(settlements, (to, { value }) => to.framedPayload(value))
  if (settlements.every(({ resultTtlMs }) => resultTtlMs === undefined)) packer.flag(false)
  else packer.list(settlements, (to, { resultTtlMs }) => to.maybe(resultTtlMs, (at, value) => at.number(value)))
}

function packSettlement(packer: Packer, settlement: Settlement): void {
  packer.id(settlement.id).number(settlement.token).text(settlement.kind)
  packWhat(packer, settlement)
  const ttlMs = settlement.kind === 'success' ? settlement.resultTtlMs : undefined
  packer.maybe(ttlMs, (to, value) => to.number(value))
}

function packWhat(packer: Packer, settlement: Settlement): unknown {
  switch (settlement.kind) {
    case 'success':
      return packer.payload(settlement.value)
    case 'forward':
      return packer.id(settlement.to)
    case 'retry':
      return packer.number(settlement.delayMs)
    case 'return':
      return packer.number(settlement.delayMs ?? 0)
    default:
      return packFailure(packer, settlement.failure)
  }
}

function packEntry(packer: Packer, { id, token, progress, output, skipped, lines }: AppendEntry): void {
  packer.array(6).id(id).number(token)
  packer.maybe(progress, (to, value) => to.number(value))
  packer.maybe(output, (to, value) => to.payload(value))
  packer.maybe(skipped, (to, value) => to.number(value))
  packer.maybe(lines, (to, value) => to.list(value, (at, line) => at.text(line)))
}
