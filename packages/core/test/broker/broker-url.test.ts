import { expect, it } from 'vitest'
import { invalidBrokerUrl, parseBrokerUrl } from '../../src/broker-url.ts'

it.each([
  ['memory:', 'memory', undefined, 'memory:'],
  ['memory:orders', 'memory', undefined, 'memory:orders'],
  ['redis://me:secret@localhost:6379/0', 'redis', undefined, 'redis://me:secret@localhost:6379/0'],
  ['rediss://host/?namespace=shop', 'rediss', 'shop', 'rediss://host/'],
  ['postgres://h/db?ssl=1&namespace=a%20b', 'postgres', 'a b', 'postgres://h/db?ssl=1'],
])('takes %s apart', (url, scheme, namespace, target) => {
  expect(parseBrokerUrl(url)).toEqual({ url: target, scheme, namespace })
})

it.each(['', 'localhost', 'redis', '//host', 'redis://[broken', undefined, 7, {}])('refuses %s', (url) => {
  expect(() => parseBrokerUrl(url as string)).toThrow(
    expect.objectContaining({ code: 'INVALID_BROKER_URL', message: expect.stringMatching(/^invalid broker URL: /) }),
  )
})

it.each([
  ['foo://host/path', 'invalid broker URL: foo://host/path'],
  ['foo://me:secret@host/0', 'invalid broker URL: foo://***@host/0'],
  ['foo://:p@ss/w@rd@host', 'invalid broker URL: foo://***@host'],
  ['foo:/me:secret@host/0', 'invalid broker URL: foo:/***@host/0'],
  ['foo:me:secret@host', 'invalid broker URL: foo:***@host'],
  ['me:secret@host', 'invalid broker URL: me:***@host'],
  ['//me:secret@host', 'invalid broker URL: //***@host'],
  ['redis://me:secret@[broken', 'invalid broker URL: redis://***@[broken'],
  ['foo://host?password=secret&user=me', 'invalid broker URL: foo://host?password=***&user=***'],
])('never tells the credentials of %s', (url, message) => {
  expect(invalidBrokerUrl(url).message).toBe(message)
})
