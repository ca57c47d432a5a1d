import type { Client } from '../client/client.ts'
import { JournalReader } from '../client/journal-reader.ts'
import { type JobEvent, LOG_LEVELS, type LogLine } from '../journal/job-news.ts'
import { parseJournalLine } from '../journal/journal-text.ts'
import type { EventsOptions, LogsOptions } from '../queue/deferred.ts'
import { parseEventsOptions, parseLogsOptions } from './follow-options.ts'

/** The log lines of a job. @throws InvalidArgument naming the option; MalformedPayload */
export async function readLogs(client: Client, id: string, options?: LogsOptions): Promise<readonly LogLine[]> {
  const { after, level } = parseLogsOptions(options)
  const least = LOG_LEVELS.indexOf(level)
  const entries = await readJournal(client, id, after)
  return entries.filter((entry) => entry.kind === 'log').filter((line) => LOG_LEVELS.indexOf(line.level) >= least)
}

/** The events of a job. @throws InvalidArgument naming the option; MalformedPayload */
export async function readEvents(client: Client, id: string, options?: EventsOptions): Promise<readonly JobEvent[]> {
  const { after } = parseEventsOptions(options)
  const entries = await readJournal(client, id, after)
  return entries.filter((entry) => entry.kind === 'event')
}

async function readJournal(client: Client, id: string, after: number): Promise<(LogLine | JobEvent)[]> {
  const entries: (LogLine | JobEvent)[] = []
  for await (const page of new JournalReader(client, id, after).lines()) {
    for (const line of page) entries.push(parseJournalLine(line, client.codec))
  }
  return entries
}
