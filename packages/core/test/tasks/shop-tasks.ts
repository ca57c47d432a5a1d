import { TaskSpace } from '../../src/tasks/task-space.ts'

export const orders = new TaskSpace('shop.orders', { pay: (amount: number) => amount })
export const mails = new TaskSpace('shop.mails', { send: (to: string) => to })
export const ordersAgain = orders
export const limit = 10
export function notATask(): void {}
