import { BackendUnavailable } from '@taskspace/core/backend'

/**
 * The value of a promise, if it comes within `ms`. Else `give up` is called, what comes later is dropped, and it rejects
 * with `BackendUnavailable`, outcome `unknown`.
 */
export function answerWithin<T>(ms: number, answer: Promise<T>, giveUp: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp()
      reject(new BackendUnavailable(`the server did not answer within ${ms} ms`, 'unknown'))
    }, ms)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
