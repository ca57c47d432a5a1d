/** Where the library reports what it did by itself: a subset of `console` and of most loggers. */
export interface Logger {
  debug(message: string, details?: unknown): void
  info(message: string, details?: unknown): void
  warn(message: string, details?: unknown): void
  error(message: string, details?: unknown): void
}

/** The default: warnings and errors go to the console, the rest nowhere. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, details) => report(console.warn, message, details),
  error: (message, details) => report(console.error, message, details),
}

function report(write: (...parts: unknown[]) => void, message: string, details: unknown): void {
  if (details === undefined) return write(`taskspace: ${message}`)
  write(`taskspace: ${message}`, details)
}
