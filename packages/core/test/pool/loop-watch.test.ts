import { describe, expect, it } from 'vitest'
import { LoopWatch } from '../../src/pool/loop-watch.ts'
import { JumpingClock } from './fakes/jumping-clock.ts'
import { RecordedRun } from './fakes/recorded-run.ts'
import { recordingLogger } from './fakes/recording-logger.ts'
import { runnerOf } from './fakes/runner.ts'

function watch() {
  const clock = new JumpingClock()
  const { logger, lines } = recordingLogger()
  const runner = runnerOf({
    blocks: () => clock.jump(6_000),
    naps: () => clock.jump(100),
    waits: () => new Promise(() => undefined),
  })
  return { clock, lines, watched: new LoopWatch({ runner, clock, logger, limitMs: 5_000 }) }
}

describe('LoopWatch', () => {
  it('reports a delay of the loop above a third of the lease, with the tasks that ran', async () => {
    const { clock, lines, watched } = watch()
    watched.start(new RecordedRun({ id: 'a', task: 'waits' }))
    await clock.advance(1_000)

    watched.start(new RecordedRun({ id: 'b', task: 'blocks' }))
    await clock.advance(1_000)

    expect(lines).toEqual(['warn the event loop was blocked for 6000 ms; tasks that ran: blocks, waits'])
  })

  it('says nothing of shorter ones', async () => {
    const { clock, lines, watched } = watch()

    watched.start(new RecordedRun({ task: 'naps' }))
    await clock.advance(10_000)

    expect(lines).toEqual([])
  })

  it('leaves no timer when it is closed', async () => {
    const { clock, watched } = watch()

    await watched.close()

    expect(clock.timers).toBe(0)
  })
})
