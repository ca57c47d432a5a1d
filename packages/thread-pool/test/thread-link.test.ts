import type { FromWorker, WorkerExit, WorkerLink } from '@taskspace/core/pool'
import { afterEach, describe, expect, it } from 'vitest'
import type { ThreadSettings } from '../src/thread-settings.ts'
import { ThreadSpawner } from '../src/thread-spawner.ts'
import { SOURCES } from './sources.ts'

const ENTRY = new URL('./entries/scripted.ts', import.meta.url).href
const SETTINGS: ThreadSettings = { entry: ENTRY, execArgv: SOURCES, nice: 0 }

/** A thread of the scripted kind: each deed has a number, which comes back before the deed is done. */
class Scripted {
  readonly link: WorkerLink
  readonly heard: FromWorker[] = []
  #deeds = 0
  #look = (): void => undefined

  constructor(settings: Partial<ThreadSettings> = {}) {
    this.link = new ThreadSpawner({ ...SETTINGS, ...settings }).spawn()
    this.link.onMessages((batch) => {
      this.heard.push(...batch)
      this.#look()
    })
  }

  tell(...deeds: readonly string[]): void {
    this.link.send(deeds.map((value) => ({ kind: 'answer', ask: ++this.#deeds, value })))
  }

  /** Resolves when it has done, or begun, that many deeds. */
  async did(count: number): Promise<void> {
    while (this.heard.length < count) {
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }
}

const made: Scripted[] = []
const thread = (settings?: Partial<ThreadSettings>): Scripted => {
  const one = new Scripted(settings)
  made.push(one)
  return one
}

afterEach(async () => {
  for (const { link } of made.splice(0)) {
    link.terminate('force')
    await link.exited
  }
})

describe('a thread', () => {
  it('hears what is sent, and is heard, in order', async () => {
    const one = thread()

    one.tell('echo', 'echo')
    one.tell('echo')
    await one.did(3)

    expect(one.heard).toEqual([1, 2, 3].map((seq) => ({ kind: 'skipped', seq })))
  })

  it.each([
    ['process.exit(0)', 'exit0', { kind: 'exit-code', code: 0 }],
    ['another exit code', 'exit7', { kind: 'exit-code', code: 7 }],
    ['an error that nobody catches', 'throw', { kind: 'exit-code', code: 1, stderr: 'nobody catches this' }],
    ['a rejection that nobody handles', 'reject', { kind: 'exit-code', code: 1, stderr: 'nobody awaits this' }],
    ['being asked to', 'leave', { kind: 'exit-code', code: 0 }],
  ])('ends by %s, after all that it said was heard [WQ-66]', async (_, deed, exit) => {
    const one = thread()

    one.tell('echo', deed)

    expect(await one.link.exited).toEqual(exit)
    expect(one.heard).toHaveLength(2)
    expect(one.link.lastBegun()).toBe(2)
  })

  it('ends when its heap is full, and no other with it', async () => {
    const [one, other] = [thread({ resourceLimits: { maxOldGenerationSizeMb: 16 } }), thread()]

    one.tell('fill')
    const exit = await one.link.exited
    other.tell('echo')
    await other.did(1)

    expect(exit).toMatchObject({ kind: 'out-of-memory', stderr: expect.stringContaining('memory limit') })
  })

  it('is ended by force though it spins, and tells which job it was at', async () => {
    const one = thread()
    one.tell('echo', 'spin')
    await one.did(2)

    const begun = one.link.lastBegun()
    one.link.terminate('ask')
    one.link.terminate('force')
    const exit = await one.link.exited

    expect(begun).toBe(2)
    expect(exit.kind).toBe('exit-code')
  })

  it('is ended before it has started', async () => {
    const one = thread()

    one.link.terminate('force')

    expect((await one.link.exited).kind).toBe('exit-code')
  })

  it('drops what is sent to it after its end', async () => {
    const one = thread()
    one.tell('exit0')
    await one.link.exited

    one.tell('echo')
    one.link.terminate('force')

    expect(one.heard).toHaveLength(1)
  })

  it('goes on though its code uses or closes the port to its parent', async () => {
    const one = thread()

    one.tell('postToParent', 'closeParentPort', 'echo')
    await one.did(3)
    one.tell('echo')
    await one.did(4)

    expect(one.heard).toHaveLength(4)
  })

  it('cannot be started with options that Node refuses, which its end tells', async () => {
    const one = thread({ execArgv: ['--no-such-option'] })

    const exit: WorkerExit = await one.link.exited

    expect(exit).toEqual({ kind: 'spawn-failed', detail: expect.stringContaining('--no-such-option') })
  })
})
