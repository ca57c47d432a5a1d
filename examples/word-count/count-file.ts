import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { TaskError } from '@taskspace/core'
import { Tally } from './tally.ts'
import { unreadable } from './unreadable.ts'
import { WordScanner } from './word-scanner.ts'
import { EMPTY_TABLE, type WordTable } from './word-table.ts'

/** Bytes at the start of a file by which it is taken for text or not, as git does. */
const LOOKED_AT = 8000

/**
 * Count the words of one file, in memory that does not grow with its size.
 *
 * The text is UTF-8, or UTF-16 with a byte order mark; a file of anything else counts as binary.
 *
 * @throws TaskError with the reason, for people, if it cannot be read.
 */
export async function countFile(path: string, signal: AbortSignal): Promise<WordTable> {
  try {
    const status = await stat(path)
    // Opening a pipe would wait until somebody writes to it.
    if (!status.isFile() && !status.isDirectory()) throw new TaskError('not a regular file')
    return await countStream(createReadStream(path, { signal }))
  } catch (error) {
    throw unreadable(error)
  }
}

async function countStream(stream: AsyncIterable<Buffer>): Promise<WordTable> {
  const tally = new Tally()
  const scanner = new WordScanner()
  let decoder: TextDecoder | undefined
  let bytes = 0
  let words = 0
  const count = (found: readonly string[]) => {
    words += found.length
    for (const word of found) tally.add(word)
  }

  for await (const piece of stream) {
    if (bytes === 0 && isBinary(piece)) return { ...EMPTY_TABLE, binaries: 1 }
    decoder ??= new TextDecoder(encodingOf(piece))
    bytes += piece.length
    count(scanner.scan(decoder.decode(piece, { stream: true })))
  }
  count(scanner.end())
  return { ...EMPTY_TABLE, files: 1, bytes, words, counts: tally.ranked(), missing: tally.missing }
}

function isBinary(start: Buffer): boolean {
  return encodingOf(start) === 'utf-8' && start.subarray(0, LOOKED_AT).includes(0)
}

function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}
