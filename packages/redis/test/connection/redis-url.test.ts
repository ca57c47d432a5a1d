import { describe, expect, it } from 'vitest'
import { ioredisTarget } from '../../src/connection/ioredis-target.ts'
import { parseRedisUrl } from '../../src/connection/redis-url.ts'

describe('a URL of a Redis store', () => {
  it.each([
    ['redis://h', { address: { host: 'h', port: 6379 }, db: 0 }],
    ['redis://h:1/', { address: { host: 'h', port: 1 }, db: 0 }],
    ['redis://h:1/12', { address: { host: 'h', port: 1 }, db: 12 }],
    ['redis://h?db=3', { address: { host: 'h', port: 6379 }, db: 3 }],
    ['redis://[::1]:7/0', { address: { host: '::1', port: 7 }, db: 0 }],
    ['redis://u:p%40%2F@h/0', { address: { host: 'h', port: 6379 }, db: 0, username: 'u', password: 'p@/' }],
    ['redis://:p@h/0', { address: { host: 'h', port: 6379 }, db: 0, password: 'p' }],
    ['redis:///var/run/redis.sock', { path: '/var/run/redis.sock', db: 0 }],
    ['redis:///a%20b.sock?db=2', { path: '/a b.sock', db: 2 }],
    [
      'redis://a:1?node=b:2&node=[::1]',
      {
        address: { host: 'a', port: 1 },
        db: 0,
        nodes: [
          { host: 'b', port: 2 },
          { host: '::1', port: 6379 },
        ],
      },
    ],
    ['redis://s:26379/1?sentinel=main', { address: { host: 's', port: 26379 }, db: 1, sentinel: 'main' }],
  ])('says where it is: %s [WQ-55]', (url, expected) => {
    const { options, ...place } = parseRedisUrl(url)

    expect(place).toEqual({ nodes: [], ...expected })
    expect(options).toEqual({})
  })

  it('carries options, and speaks TLS as rediss', () => {
    const { options } = parseRedisUrl('rediss://h/0?allowEviction&anyVersion=false&commandTimeout=100&connectTimeout=7')

    expect(options).toEqual({ tls: {}, allowEviction: true, anyVersion: false, commandTimeout: 100, connectTimeout: 7 })
  })

  it.each([
    ['redis://', 'names no host'],
    ['redis:///', 'names no host'],
    ['redis:///3', 'names no host'],
    ['redis:somewhere', 'names no host'],
    ['redis://h/shop', 'its database is no number'],
    ['redis://h/-1', 'its database is no number'],
    ['redis://h/1/2', 'its database is no number'],
    ['redis://h?db=x', 'its database is no number'],
    ['redis://u:%zz@h', 'user or password is not encoded well'],
    ['redis://h?alowEviction', "unknown parameter 'alowEviction'"],
    ['redis://h?allowEviction=yes', 'allowEviction is neither true nor false'],
    ['redis://h?commandTimeout=5s', 'commandTimeout is no number'],
    ['redis://h?commandTimeout=0', 'commandTimeout is no number'],
    ['redis://h?node=', "node '' is not host:port"],
    ['redis://h?node=a:b', "node 'a:b' is not host:port"],
    ['redis://h?ca=/x.pem', 'a ca needs rediss:'],
    ['rediss://h?ca=/no/such/file.pem', 'its ca cannot be read'],
    ['http://h', 'does not begin with redis:'],
    ['h:6379', 'does not begin with redis:'],
    ['', 'it is no URL'],
  ])('is refused if it cannot be used: %s', (url, why) => {
    expect(() => parseRedisUrl(url)).toThrow(
      expect.objectContaining({ code: 'INVALID_BROKER_URL', message: expect.stringContaining(why) }),
    )
  })

  it.each(['redis://user:hush%zz@h', 'redis://user:hush@h/shop', 'redis://user:hush@h?x=hush'])(
    'is refused without its password: %s',
    (url) => {
      expect(() => parseRedisUrl(url)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hush') }),
      )
    },
  )
})

describe('the address that a store is known by', () => {
  it.each([
    ['redis://u:hush@h', 'redis://h:6379/0'],
    ['redis://h:6379/0?commandTimeout=9', 'redis://h:6379/0'],
    ['rediss://h/2', 'rediss://h:6379/2'],
    ['redis://[::1]', 'redis://[::1]:6379/0'],
    ['redis:///tmp/r.sock?db=1', 'redis:///tmp/r.sock?db=1'],
    ['redis://s:1/0?sentinel=main&node=t:2', 'redis://s:1/0?sentinel=main'],
  ])('has no credentials and no options: %s', (url, shown) => {
    expect(ioredisTarget({ url }).url).toBe(shown)
  })

  it('is localhost unless told otherwise [RQ-01]', () => {
    expect(ioredisTarget({}).url).toBe('redis://localhost:6379/0')
  })
})

describe('options of a Redis queue', () => {
  it.each([
    [{ hots: 'x' }, 'hots'],
    [{ commandTimeout: 0 }, 'commandTimeout'],
    [{ connectTimeout: 1.5 }, 'connectTimeout'],
    [{ allowEviction: 'yes' }, 'allowEviction'],
    [{ client: {} }, 'client'],
    [{ client: {}, url: 'redis://h' }, 'client'],
    [null, 'options'],
  ])('are refused by name if they cannot be used: %j', (options, field) => {
    expect(() => ioredisTarget(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field }))
  })
})
