// Each line from here on is wrong; the test says how each compiler must put it.
import { type Deferred, type JobRef, type Queue, TaskSpace } from '../api.ts'

const shop = new TaskSpace('shop', { send: (mail: { to: string; tags?: string[] }) => mail, sum: (ns: number[]) => ns })
declare const q: Queue<typeof shop>
declare const num: Deferred<number>
declare const ref: JobRef

q.shop.send(num)
q.shop.send({ to: 'a', tags: [num] })
q.shop.send({ too: 'a' })
q.shop.sum([1, 'a'])
q.shop.sum([ref])
q.shop.snd({ to: 'a' })
q.shop.sum.with({ priorty: 1 })
q.shop.sum.with({ onError: 'pass' })([num])
new TaskSpace('bad', { toString: () => 'a' })
new TaskSpace('bad').task('a.then', () => 1)
