import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { COMPILERS, compile } from './compiler.ts'

const folder = fileURLToPath(new URL('../../test-types', import.meta.url))
const MINUTE = 60_000

/** What every compiler must say about `mistakes.ts`, line by line; the start of each message. */
const MISTAKES = [
  "9,13 TS2345 Argument of type 'Deferred<number>' is not assignable to parameter of type 'DeferredRef<{ to: string;",
  "10,31 TS2322 Type 'Deferred<number>' is not assignable to type 'string | DeferredRef<string>'.",
  "11,15 TS2353 Object literal may only specify known properties, and 'too' does not exist in type",
  "12,16 TS2322 Type 'string' is not assignable to type 'number | DeferredRef<number>'.",
  "13,13 TS2322 Type 'JobRef' is not assignable to type 'number | DeferredRef<number>'.",
  "14,8 TS2551 Property 'snd' does not exist on type",
  "15,19 TS2561 Object literal may only specify known properties, but 'priorty' does not exist in type",
  "16,39 TS2322 Type 'Deferred<number>' is not assignable to type 'number'.",
  "17,24 TS2322 Type '() => string' is not assignable to type '(() => string) & \"'toString' cannot be a task name\"'.",
  "18,27 TS2345 Argument of type '\"a.then\"' is not assignable to parameter of type '\"'a.then' cannot be a task name\"'.",
]

describe.each(COMPILERS)('with TypeScript $version', (compiler) => {
  it('the compiler is of that version', async () => {
    expect(await compile(compiler, ['--version'], folder)).toContain(`Version ${compiler.version}.`)
  })

  it('the types accept and refuse what the cases say', { timeout: MINUTE }, async () => {
    expect(await compile(compiler, ['-p', '.', '--noEmit', '--pretty', 'false'], folder)).toBe('')
  })

  it('mistakes get messages that point at them', { timeout: MINUTE }, async () => {
    const output = await compile(compiler, ['-p', 'mistakes', '--noEmit', '--pretty', 'false'], folder)

    const messages = output.split('\n').flatMap((line) => line.match(MESSAGE)?.slice(1).join(' ') ?? [])
    expect(messages.map((message, index) => message.slice(0, MISTAKES[index]?.length))).toEqual(MISTAKES)
  })
})

const MESSAGE = /^mistakes\/mistakes\.ts\((\d+,\d+)\): error (TS\d+): (.*)$/
