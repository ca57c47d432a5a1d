import { expect, it, onTestFinished } from 'vitest'
import { Waking } from '../../src/connection/waking.ts'

it('a wait looks at once whose signals may have been lost since it was found that there is nothing', async () => {
  const live = { isLive: true, want: () => undefined, join: async () => undefined, leave: async () => undefined }
  const waking = new Waking(live)
  onTestFinished(() => waking.close())
  waking.heard('0000')
  const mark = waking.mark()

  waking.restored()

  await expect(waking.hint({ queues: ['a'], mark, waitMs: 100_000 })).resolves.toBeUndefined()
})
