import { randomUUID } from 'node:crypto'
import { Broker, type BrokerOptions } from '@taskspace/core'
import { createTaskQueue } from '@taskspace/memory'

/** Options of `testBroker`. */
export interface TestBrokerOptions extends BrokerOptions {
  /** What to expose: a space, or an array or module of them. */
  readonly spaces?: object | undefined
}

/**
 * A broker on an in-memory store of its own, with these tasks exposed: `await using broker = testBroker({ spaces: math })`.
 * Given a `VirtualClock`, all of its time is that clock's.
 *
 * @throws what `new Broker` and `expose` throw.
 */
export function testBroker(options: TestBrokerOptions = {}): Broker {
  const { spaces, ...brokerOptions } = options
  const { clock } = brokerOptions
  const queue = createTaskQueue(`memory:test-${randomUUID()}`, {
    namespace: 'test',
    ...(clock !== undefined && { clock }),
  })
  const broker = new Broker(queue, brokerOptions)
  if (spaces !== undefined) broker.expose(spaces)
  return broker
}
