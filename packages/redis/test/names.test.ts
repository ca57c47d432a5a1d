import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeName, RedisKeys, unescapeName } from '../src/keys.ts'
import { Packer } from '../src/wire/packer.ts'
import { decodeText, encodeText } from '../src/wire/text.ts'
import { Unpacker } from '../src/wire/unpacker.ts'

/** Strings with a taste for what separates, escapes, tags, and what UTF-8 has no bytes for. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .array(fc.constantFrom(':', '{', '}', '%', '%007b', '\0', '\u0001', '\ud800', '\udc00', '\ufffd', 'a', '0', '😀'), {
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
)

/** Two names, neighbours as a rule. */
const pair = fc.tuple(name, name).filter(([one, other]) => one !== other)

it('gives two namespaces keys that never meet, whatever they are called [G24]', () => {
  fc.assert(
    fc.property(pair, name, name, ([one, other], session, third) => {
      const [keys, others] = [new RedisKeys(one), new RedisKeys(other)]
      const mine = [keys.root, keys.told(session), keys.wake('c'), keys.clock]
      const theirs = [others.root, others.told(third), others.wake('c'), others.clock]
      expect(mine.filter((key) => theirs.includes(key))).toEqual([])
      expect(theirs.some((key) => key.startsWith(`${keys.root}:`))).toBe(false)
    }),
  )
})

it('puts all keys of a namespace in one slot: they have one hash tag, which is not empty', () => {
  fc.assert(
    fc.property(name, name, (namespace, session) => {
      const { root, ...keys } = { root: new RedisKeys(namespace).root, told: new RedisKeys(namespace).told(session) }
      const tag = /\{([^}]*)\}/
      expect(tag.exec(root)?.[1]).not.toBe('')
      expect(tag.exec(keys.told)?.[1]).toBe(tag.exec(root)?.[1])
    }),
  )
})

it('gives two sessions channels that never meet, in text that every client writes alike', () => {
  fc.assert(
    fc.property(name, pair, (namespace, [one, other]) => {
      const keys = new RedisKeys(namespace)
      expect(keys.told(one)).not.toBe(keys.told(other))
      expect(keys.told(one).isWellFormed()).toBe(true)
      expect(unescapeName(escapeName(one))).toBe(one)
    }),
  )
})

it('keeps names apart in bytes that differ in anything, and gives each back as it came', () => {
  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(encodeText(one).equals(encodeText(other))).toBe(false)
      expect(decodeText(encodeText(one))).toBe(one)
    }),
  )
})

const id = fc.oneof(
  name,
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => `\0${Buffer.from(bytes).toString('latin1')}`),
)

it('keeps ids apart that differ in anything, those of clients in 17 bytes', () => {
  const packed = (text: string): Buffer => new Packer().id(text).done
  fc.assert(
    fc.property(id, id, (one, other) => {
      expect(packed(one).equals(packed(other))).toBe(one === other)
      expect(new Unpacker(packed(one)).id()).toBe(one)
    }),
  )
  expect(packed(randomUUID())).toHaveLength(18)
})

/** Any, but for -0, which is 0. */
const aNumber = fc.double({ noNaN: true }).map((number) => number + 0)

it('reads numbers, texts and payloads as they were written', () => {
  fc.assert(
    fc.property(aNumber, fc.maxSafeInteger(), name, fc.uint8Array(), (double, integer, text, bytes) => {
      const packer = new Packer().number(double).number(integer).text(text).payload(bytes).payload('t')
      const from = new Unpacker(packer.done)
      expect([from.number(), from.number(), from.text()]).toEqual([double, integer, text])
      expect([from.payload(), from.payload()]).toEqual([bytes, 't'])
    }),
  )
})

it('says where it stands when a reply is not what it was said to be', () => {
  expect(() => new Unpacker(Buffer.from([0xc3])).number()).toThrow('0xc3 at byte 0, where a number was expected')
  expect(() => new Unpacker(Buffer.from([0x01])).text()).toThrow('where a string was expected')
  expect(() => new Unpacker(Buffer.from([0x01])).array()).toThrow('where a list was expected')
})
