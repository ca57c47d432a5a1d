import { expect, it } from 'vitest'
import { isTaskFailure, TaskExpired, TaskFailure } from '../../src/errors/task-failure.ts'
import { isTaskspaceError } from '../../src/errors/taskspace-error.ts'
import { InvalidArgument } from '../../src/errors/usage-errors.ts'

const failure = { task: 'math.add', queue: 'default', id: 'a', text: 'Error: no', kind: 'exception' } as const

it('knows its errors, and one code among them', () => {
  const error = new InvalidArgument('timeout', 'invalid timeout')

  expect(isTaskspaceError(error)).toBe(true)
  expect(isTaskspaceError(error, 'INVALID_ARGUMENT')).toBe(true)
  expect(isTaskspaceError(error, 'CLOSED')).toBe(false)
})

it('knows the errors of another copy of the package, before it has made one itself', async () => {
  const specifier = '../../src/errors/usage-errors.ts?copy'
  const copy = (await import(specifier)) as { InvalidArgument: typeof InvalidArgument }

  const error = new copy.InvalidArgument('timeout', 'invalid timeout')

  expect(isTaskspaceError(error, 'INVALID_ARGUMENT')).toBe(true)
})

it.each([
  new Error('no'),
  Object.assign(new Error('no'), { code: 'INVALID_ARGUMENT' }),
  { code: 'CLOSED' },
  null,
  'CLOSED',
])('takes nothing else for one of its errors: %j', (value) => {
  expect(isTaskspaceError(value)).toBe(false)
})

it('names task, queue, id and reason of a failure in its message [WQ-44]', () => {
  expect(new TaskFailure(failure).message).toBe('math.add [default:a] Error: no')
})

it('knows failures by their brand, subclasses included', () => {
  expect([new TaskFailure(failure), new TaskExpired(failure), new Error('no')].map(isTaskFailure)).toEqual([
    true,
    true,
    false,
  ])
})
