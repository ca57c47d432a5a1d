import { describe, expect, it } from 'vitest'
import { eventually } from '../../src/app/eventually.ts'

describe('eventually', () => {
  it('tries until the probe does not throw, and gives its value [WQ-72]', async () => {
    let tries = 0

    const value = await eventually(() => {
      tries += 1
      expect(tries).toBe(30)
      return 'done'
    })

    expect(value).toBe('done')
  })

  it('tries until a promise does not reject', async () => {
    let tries = 0

    await eventually(async () => {
      tries += 1
      if (tries < 3) throw new Error('not yet')
    })

    expect(tries).toBe(3)
  })

  it('takes false for not yet', async () => {
    let tries = 0

    await eventually(() => {
      tries += 1
      return tries === 3
    })

    expect(tries).toBe(3)
  })

  it('gives up with the last error when the time is up', async () => {
    await expect(eventually(() => Promise.reject(new Error('still not')), { timeout: 5 })).rejects.toThrow('still not')
    await expect(eventually(() => false, { timeout: '5ms' })).rejects.toThrow('still false after 5 ms')
  })

  it('tries at least once, though there is no time', async () => {
    expect(await eventually(() => 'at once', { timeout: 0 })).toBe('at once')
  })

  it('refuses a timeout that is none', async () => {
    await expect(eventually(() => true, { timeout: -1 })).rejects.toThrow(/invalid duration/)
  })
})
