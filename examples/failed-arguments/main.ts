// A job whose argument failed fails with that same failure. With `onError: 'pass'` it runs, and finds a TaskFailure
// in the argument's place; the compiler allows that only where the task's type has room for one.
import { AsyncPool, getBroker, isTaskFailure, type TaskFailure, TaskSpace } from '@taskspace/core'

export async function run(url: string) {
  const shop = new TaskSpace('shop', {
    price: (item: string) => {
      if (item === 'unicorn') throw new Error(`no price for a ${item}`)
      return item.length
    },
    total: (prices: number[]) => prices.reduce((a, b) => a + b, 0),
    offer: (prices: (number | TaskFailure)[]) =>
      prices.map((price) => (isTaskFailure(price) ? { failed: price.task, because: price.text } : price)),
  })

  await using broker = await getBroker(url)
  broker.expose(shop)
  await using pool = new AsyncPool(broker)
  await pool.start()

  const q = broker.queue<typeof shop>()
  const prices = ['tea', 'unicorn', 'cake'].map((item) => q.shop.price(item))
  const offer = q.shop.offer.with({ onError: 'pass' })(prices)
  const total = q.shop.total(prices)
  const failure = await total.result().catch((error: Error) => error.message)
  return { ids: prices.map((price) => price.id), offer: await offer.result(), total: failure }
}

if (import.meta.main) console.log(await run(process.argv[2] ?? 'memory:'))
