import { COLUMNS, type Extra } from '../intake/encoding.ts'
import type { LogEntry, LogReader } from './log-reader.ts'

/** Requests as the columns of the deciding statement: the inside of array literals. */
export interface Columns {
  count: number
  ids: string
  fingerprints: string
  principals: string
  patients: string
  doctors: string
  services: string
  starts: string
  partitions: string
  seqs: string
  positions: string
  traceparents: string
  messages: string
  holds: string
  overbooks: string
  series: string
  /** Empty when nobody has answered anything. */
  answers: string
}

/** Entries with a batch in them. */
export type BatchEntry = LogEntry & { batch: NonNullable<LogEntry['batch']> }

const repeated = (value: number, times: number) => Array.from({ length: times }, () => value).join(',')
const counted = (count: number) => Array.from({ length: count }, (_, index) => index).join(',')

/** Text as an element of an array literal: quoted, with backslashes and quotes escaped. */
function element(text: string | null): string {
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

const nulls = (count: number) => Array.from({ length: count }, () => 'NULL').join(',')

function messagesOf({ batch }: BatchEntry): string {
  return batch.messages === undefined ? nulls(batch.count) : batch.messages.map(element).join(',')
}

function extrasOf({ batch }: BatchEntry, name: Exclude<keyof Extra, 'proxy'>): string {
  if (batch.extras === undefined) return nulls(batch.count)
  return batch.extras.map((extra) => element(extra?.[name] ?? null)).join(',')
}

const hasAnswers = ({ batch }: BatchEntry) =>
  batch.extras?.some((extra) => extra?.answers !== undefined) === true

/** An empty traceparent must be quoted, or the literal does not parse. */
function traceparentsOf({ batch }: BatchEntry): string {
  return batch.traceparents
    .split(',')
    .map((text) => (text === '' ? '""' : text))
    .join(',')
}

/** Joins whole messages, in the order given. */
export function columnsOf(entries: readonly BatchEntry[]): Columns {
  const join = (pick: (entry: BatchEntry) => string) => entries.map(pick).join(',')
  return {
    count: entries.reduce((sum, { batch }) => sum + batch.count, 0),
    ids: join(({ batch }) => batch.ids),
    fingerprints: join(({ batch }) => batch.fingerprints),
    principals: join(({ batch }) => batch.principals),
    patients: join(({ batch }) => batch.patients),
    doctors: join(({ batch }) => batch.doctors),
    services: join(({ batch }) => batch.services),
    starts: join(({ batch }) => batch.starts),
    partitions: join(({ partition, batch }) => repeated(partition, batch.count)),
    seqs: join(({ seq, batch }) => repeated(seq, batch.count)),
    positions: join(({ batch }) => counted(batch.count)),
    traceparents: join(traceparentsOf),
    messages: join(messagesOf),
    holds: join((entry) => extrasOf(entry, 'hold')),
    overbooks: join((entry) => extrasOf(entry, 'overbook')),
    series: join((entry) => extrasOf(entry, 'series')),
    answers: entries.some(hasAnswers) ? join((entry) => extrasOf(entry, 'answers')) : '',
  }
}

/** One request of a message alone, with its place in it. */
export interface Single {
  entry: BatchEntry
  position: number
}

/** Joins requests alone, in the order given; each keeps its place in its message. */
export function columnsOfSingles(singles: readonly Single[]): Columns {
  return {
    ...columnsOf(singles.map(({ entry }) => entry)),
    positions: singles.map(({ position }) => position).join(','),
  }
}

/** The requests of a message one by one, in order. Each column is cut once: a message has 256 of them. */
export function singlesOf(entry: BatchEntry): Single[] {
  const { batch } = entry
  const columns = COLUMNS.map((name) => batch[name].split(','))
  return Array.from({ length: batch.count }, (_, position) => {
    const own = Object.fromEntries(COLUMNS.map((name, index) => [name, columns[index]?.[position] ?? '']))
    return {
      position,
      entry: {
        ...entry,
        batch: {
          ...batch,
          ...own,
          count: 1,
          ...(batch.messages === undefined ? {} : { messages: [batch.messages[position] ?? null] }),
          ...(batch.extras === undefined ? {} : { extras: [batch.extras[position] ?? null] }),
        },
      },
    }
  })
}

/**
 * Takes entries turn by turn from the readers, at most `limit` requests but at least one entry, in the order of each
 * partition. Stops before a request id that it already has: the statement sees the record as it was before it began,
 * so a second asking must come in a later batch.
 */
export function collect(readers: readonly Pick<LogReader, 'peek' | 'take'>[], limit: number): LogEntry[] {
  const entries: LogEntry[] = []
  const seen = new Set<string>()
  let requests = 0
  let open = [...readers]
  while (open.length > 0) {
    open = open.filter((reader) => {
      const entry = reader.peek()
      const count = entry?.batch?.count ?? 0
      if (entry === undefined || (entries.length > 0 && requests + count > limit)) return false
      if (!addIds(entry, seen, entries.length === 0)) return false
      reader.take()
      entries.push(entry)
      requests += count
      return true
    })
  }
  return entries
}

/** False, and nothing added, when one of the entry's ids is there already; `force` adds it anyway. */
function addIds({ batch }: LogEntry, seen: Set<string>, force: boolean): boolean {
  if (batch === undefined) return true
  const ids = batch.ids.split(',')
  if (!force && ids.some((id) => seen.has(id))) return false
  for (const id of ids) seen.add(id)
  return true
}
