import { Redis } from 'ioredis'
import { describe, expect, inject, it } from 'vitest'
import { ownServer } from '../faults/proxied.ts'
import { fakeServer, serverThatSays } from './fake-server.ts'
import { count, echo, makeLink, openLink, script } from './open-link.ts'

const FIT = {
  redis_version: '7.0.15',
  run_id: 'a',
  role: 'master',
  cluster_enabled: '0',
  maxmemory_policy: 'noeviction',
}

function refusal(text: string) {
  return { code: 'BACKEND_REFUSED', message: expect.stringContaining(text) }
}

describe('a server that is opened', () => {
  it.each(['6.1.99', '6.1-rc9', '5.0', '2.8.24', ''])('is refused as too old: %j', async (version) => {
    const found = await serverThatSays({ ...FIT, redis_version: version })

    await expect(makeLink({ url: found }).open()).rejects.toMatchObject(refusal('Redis 6.2.0 or later is needed'))
  })

  it('says which version was found [RQ-02]', async () => {
    const url = await serverThatSays({ ...FIT, redis_version: '5.0.14' })

    await expect(makeLink({ url }).open()).rejects.toMatchObject(refusal('and it is 5.0.14'))
  })

  it.each(['6.2.0', '6.2.0-rc3', '6.10', '7.2.4', '10.0'])('is taken: %s', async (version) => {
    const url = await serverThatSays({ ...FIT, redis_version: version })

    await expect(makeLink({ url }).open()).resolves.toBeUndefined()
  })

  it('is taken at any version if told so [RQ-02]', async () => {
    const url = await serverThatSays({ ...FIT, redis_version: '2.8' })

    await expect(makeLink({ url, anyVersion: true }).open()).resolves.toBeUndefined()
  })

  it('is refused if it is no Redis', async () => {
    const url = await fakeServer(() => 'HTTP/1.1 400 Bad Request\r\n\r\n')

    await expect(makeLink({ url }).open()).rejects.toMatchObject(refusal('is no Redis'))
  })

  it('is refused if it does not know the password, which is not told', async () => {
    const server = await ownServer({ args: ['--requirepass', 'right'] })
    const url = server.url.replace('//', '//:hush@')

    const error = await makeLink({ url })
      .open()
      .catch((thrown: unknown) => thrown)

    expect(error).toMatchObject(refusal('does not know this user with this password'))
    expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('hush')
    await expect(openLink({ url: server.url.replace('//', '//:right@') })).resolves.toBeDefined()
  })

  it('is refused if it asks for a password and was given none', async () => {
    const server = await ownServer({ args: ['--requirepass', 'right'] })

    await expect(makeLink({ url: server.url }).open()).rejects.toMatchObject(refusal('asks for a password'))
  })

  it('is refused if it has no such database', async () => {
    const server = await ownServer({ args: ['--databases', '2'] })

    await expect(makeLink({ url: `${server.url}/2` }).open()).rejects.toMatchObject(refusal('has no database'))
    await expect(openLink({ url: `${server.url}/1` })).resolves.toBeDefined()
  })

  it('is refused if it does not let this user run scripts', async () => {
    const server = await ownServer()
    const admin = new Redis(server.port)
    await admin.call('ACL', 'SETUSER', 'poor', 'on', '>p', '~*', '&*', '+@all', '-@scripting')
    admin.disconnect()

    const link = makeLink({ url: server.url.replace('//', '//poor:p@') })

    await expect(link.open()).rejects.toMatchObject(refusal('does not allow this user'))
  })

  it('is refused if it drops data when its memory is full, unless that is allowed', async () => {
    const server = await ownServer({ args: ['--maxmemory-policy', 'allkeys-lru'] })

    await expect(makeLink({ url: server.url }).open()).rejects.toMatchObject(
      refusal('drops data when its memory is full (maxmemory-policy allkeys-lru)'),
    )
    await expect(openLink({ url: `${server.url}?allowEviction` })).resolves.toBeDefined()
  })

  it('is given no new jobs once it drops data, while what is there is worked off', async () => {
    const server = await ownServer()
    const link = await openLink({ url: server.url }, { checkMs: 10 })
    const enqueue = script('return 1', 'enqueue')
    await link.run('data', enqueue, [])
    const admin = new Redis(server.port)

    await admin.config('SET', 'maxmemory-policy', 'volatile-lru')

    await expect
      .poll(() => link.run('data', enqueue, []).catch((error: unknown) => error))
      .toMatchObject(refusal('volatile-lru'))
    expect(await link.run('data', count, [])).toBe(1)
    await admin.config('SET', 'maxmemory-policy', 'noeviction')
    admin.disconnect()
    await expect.poll(() => link.run('data', enqueue, []).catch(() => 'refused')).toBe(1)
  })

  it('can be away: that is told, and it is used as soon as it is there', async () => {
    const { url, port, stop } = await ownServer()
    await stop()
    const link = makeLink({ url })

    await expect(link.open()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', outcome: 'rejected' })
    await ownServer({ port })

    expect(String(await link.run('data', echo, ['a']))).toBe('a')
  })

  it('is checked by the first call if it was not opened', async () => {
    const server = await ownServer({ args: ['--maxmemory-policy', 'allkeys-lru'] })

    await expect(makeLink({ url: server.url }).run('data', echo, [])).rejects.toMatchObject(refusal('drops data'))
  })

  it('is opened twice as once', async () => {
    const link = await openLink({ url: inject('redisUrl') })

    await expect(link.open()).resolves.toBeUndefined()
  })
})
