import { describe, expect, it } from 'vitest'
import { type Progress, progressView } from '../../word-count/progress.ts'

describe('progress', () => {
  it('is one line on a terminal, drawn over, as wide as the terminal at most', () => {
    const screen = output({ isTTY: true, columns: 80 })
    const view = progressView(screen)

    view.announce('Looking for files')
    view.show(progress(700, 2_000))
    view.clear()

    expect(screen.text()).not.toContain('\n')
    const lines = screen.text().split('\r\u001b[K')
    expect(lines[1]).toBe('Looking for files')
    expect(lines[2]).toMatch(/^█+░+ 700\/1000 files, 350\/s, 2 s, 1 failed, 16 processing, 284 enqueued$/)
    expect(lines.at(-1)).toBe('')
    for (const line of lines) expect(line.length).toBeLessThan(80)
  })

  it('fits a narrow terminal', () => {
    const screen = output({ isTTY: true, columns: 20 })

    progressView(screen).show(progress(700, 2_000))

    expect(screen.text()).toBe('\r\u001b[K█░ 700/1000 files')
  })

  it('is a line for each tenth of the work elsewhere, not one a file', () => {
    const log = output({})
    const view = progressView(log)

    for (let done = 0; done <= 1000; done += 1) view.show(progress(done, done))
    view.clear()

    const lines = log.text().trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/ files.*/, ''))).toEqual(
      Array.from({ length: 11 }, (_, tenth) => `${tenth * 100}/1000`),
    )
  })

  it('says every ten seconds that work goes on, however slow it is', () => {
    const log = output({})
    const view = progressView(log)

    for (let second = 0; second <= 30; second += 1) view.show(progress(1, second * 1000))

    expect(log.text().trimEnd().split('\n')).toHaveLength(4)
  })

  it('names the states that jobs are in', () => {
    const log = output({})

    progressView(log).show(progress(700, 2_000))

    expect(log.text()).toBe(
      '700/1000 files, 350/s, 2 s, 1 failed, 16 processing, 284 enqueued, 100 deferred, 699 success\n',
    )
  })
})

function progress(done: number, elapsedMs: number): Progress {
  const states = { deferred: 100, scheduled: 0, enqueued: 284, processing: 16, success: 699, failed: 1, canceled: 0 }
  return { files: 1000, done, elapsedMs, states }
}

function output(stream: { readonly isTTY?: boolean; readonly columns?: number }) {
  const written: string[] = []
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0
  return { ...stream, write, text: () => written.join('') }
}
