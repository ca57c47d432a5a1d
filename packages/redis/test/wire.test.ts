import { expect, it } from 'vitest'
import { PackedText, Packer } from '../src/wire/packer.ts'
import { LastText, Unpacker } from '../src/wire/unpacker.ts'

const UUID = '018f3c2a-9b7d-7e10-8fff-0123456789ab'

it('packs a uuid in 18 bytes, and gives it back', () => {
  const bytes = new Packer().id(UUID).done

  expect(bytes.length).toBe(18)
  expect(new Unpacker(bytes).id()).toBe(UUID)
})

it.each([
  UUID.toUpperCase(),
  UUID.replace('9b7d-', '-9b7d'),
  UUID.replaceAll('-', '0'),
  UUID.replace('8', 'g'),
  UUID.replace('1', 'ı'),
  `${UUID} `,
  UUID.replace('b', '€'),
  `${UUID.slice(0, 35)}€`,
  UUID.slice(1),
  '\u0000a',
  '\u0001a',
  '',
])('gives back the id %j, which is no uuid in small letters', (id) => {
  expect(new Unpacker(new Packer().id(id).done).id()).toBe(id)
})

it.each([0, 27, 28, 29, 30, 300, 65_533])('frames a payload of %i characters by its length', (length) => {
  for (const payload of ['x'.repeat(length), `${'x'.repeat(length)}é`.slice(1), Buffer.alloc(length, 7)]) {
    const from = new Unpacker(new Packer(1).framedPayload(payload).done)
    const size = Buffer.byteLength(payload)

    from.skip(from.left - size - 3)
    expect(from.fixed(2)).toBe(size + 1)
    expect(from.payloadOf(from.left)).toEqual(typeof payload === 'string' ? payload : new Uint8Array(payload))
  }
})

it('reads ids that follow each other', () => {
  const ids = ['', UUID, 'short', UUID.toUpperCase(), 'é', UUID]
  const bytes = Buffer.concat(ids.map((id) => bareId(id)))
  const from = new Unpacker(bytes)

  expect(Array.from({ length: ids.length }, () => from.bareId())).toEqual(ids)
  expect(from.left).toBe(0)
})

it.each([0, 30, 31, 32, 300, 70_000])('gives back texts of %i characters, plain and not', (length) => {
  for (const text of [
    'x'.repeat(length),
    `${'x'.repeat(length)}é`,
    `${'x'.repeat(length)}\ud800`,
    '€'.repeat(length),
  ]) {
    const from = new Unpacker(new Packer(1).text(text).payload(text.toWellFormed()).done)

    expect(from.text()).toBe(text)
    expect(from.payload()).toBe(text.toWellFormed())
  }
})

it.each([0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, -1, 0.5, Number.POSITIVE_INFINITY])(
  'gives back the number %d',
  (value) => {
    expect(new Unpacker(new Packer().number(value).done).number()).toBe(value)
  },
)

it('refuses an answer that ends inside a number', () => {
  const bytes = new Packer().number(70_000).array(70_000).done

  expect(() => new Unpacker(bytes.subarray(0, 3)).number()).toThrow(RangeError)
  expect(() => new Unpacker(bytes.subarray(5, 8)).array()).toThrow(RangeError)
})

it('reads the same text, and another one, after one', () => {
  const from = new Unpacker(Buffer.from('mathémathémath.sub'))
  const last = new LastText()

  expect(from.textAs(last, 6)).toBe('mathé')
  expect(from.textAs(last, 6)).toBe('mathé')
  expect(from.textAs(last, 8)).toBe('math.sub')
  expect(new Unpacker(Buffer.from('')).textAs(new LastText(), 0)).toBe('')
})

/** An id as it stands in records, without the length that MessagePack has before it. */
function bareId(id: string): Buffer {
  const packed = new Packer().id(id).done
  return packed.subarray(packed.length - (id === UUID ? 17 : Buffer.byteLength(id) + 3))
}

it('writes the same text, and another one, after one', () => {
  const last = new PackedText()
  const texts = ['math.add', 'math.add', 'mathé', 'mathé', '', '', 'x'.repeat(300), 'x'.repeat(300), 'math.add']
  const packer = new Packer(1)
  for (const text of texts) packer.textAs(last, text)
  const from = new Unpacker(packer.done)

  expect(texts.map(() => from.text())).toEqual(texts)
})
