import { currentJob, type Deferred, TaskSpace, task } from '@taskspace/core'
import { exportOrders, price } from './functions.ts'

/** What the tasks need of the world; a test puts something else in its place. */
export const payments = {
  charge: async (orderId: string, amount: number) => `receipt ${orderId} ${amount}`,
}

export const orders = new TaskSpace('orders', {
  price,
  export: task({ timeout: '5m' }, exportOrders),
  pay: task({ retries: 3, backoff: '1m' }, (orderId: string, amount: number) => payments.charge(orderId, amount)),
  checkOut: (orderId: string, items: readonly number[]): Deferred<string> => {
    const { orders } = currentJob().queue()
    return orders.pay(orderId, orders.price(items))
  },
})
