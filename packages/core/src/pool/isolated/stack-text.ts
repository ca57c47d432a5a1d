/** A call that had not returned when the code was looked at, as debuggers tell it; lines and columns count from 0. */
export interface StackFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** Most calls that are shown. */
const MAX_FRAMES = 50

/** Calls as errors show them, the innermost first, without those inside of Node; empty if there are none. */
export function stackText(frames: readonly StackFrame[]): string {
  return frames
    .filter(({ url }) => url !== '' && !url.startsWith('node:'))
    .slice(0, MAX_FRAMES)
    .map(({ functionName, url, lineNumber, columnNumber }) => {
      return `    at ${functionName || '<anonymous>'} (${url}:${lineNumber + 1}:${columnNumber + 1})`
    })
    .join('\n')
}
