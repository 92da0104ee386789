import type pg from 'pg'

import { errorCode, isDataError } from '@medqueue/database'
import { type Log } from '@medqueue/messaging'

import type { Advance, advanceLeases } from '../store/advance-leases.ts'
import { decideBatch } from '../store/decide-batch.ts'
import { recordDeadLetter } from '../store/record-dead-letter.ts'
import { recordFailure } from '../store/record-failure.ts'
import { type BatchEntry, columnsOf, columnsOfSingles, type Single, singlesOf } from './batch.ts'
import type { LogEntry } from './log-reader.ts'
import { AGAIN, decideOne, hasExtra, type Part, partsOf } from './singly.ts'

/** The batch is void: another worker holds one of its partitions now. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

export interface DecideOptions {
  logger: Log
  /** The instant the decisions carry, RFC 3339. */
  occurredAt: string
  /** The fence. */
  advance: typeof advanceLeases
  /** Services known to need more than the doctor's time; those that are missing are added as they are met. */
  singly: Set<string>
}

/**
 * Decides entries and moves the committed sequences, in the caller's transaction: effect and offset commit together.
 * Returns the outcomes of each entry. Throws LeaseLostError, before anything is written, when the fence says no.
 */
export async function decide(
  client: pg.ClientBase,
  entries: readonly LogEntry[],
  advances: readonly Advance[],
  options: DecideOptions,
): Promise<string[]> {
  if (!(await options.advance(client, advances))) throw new LeaseLostError('lease lost')
  const batches = entries.filter((entry): entry is BatchEntry => entry.batch !== undefined)
  return share(entries, batches.length === 0 ? [] : await decideParts(client, batches, options))
}

/** All together when all can be; otherwise part by part, in order. */
async function decideParts(
  client: pg.ClientBase,
  batches: readonly BatchEntry[],
  { occurredAt, singly }: DecideOptions,
): Promise<string[]> {
  const services = new Set(batches.flatMap(({ batch }) => batch.services.split(',')))
  if (!services.values().some((service) => singly.has(service)) && !batches.some(hasExtra)) {
    const decided = await decideBatch(client, columnsOf(batches), occurredAt)
    if (decided.singly === null) {
      const outcomes = decided.outcomes.split(';')
      return outcomes.includes(AGAIN)
        ? lookAgain(client, batches.flatMap(singlesOf), outcomes, occurredAt)
        : outcomes
    }
    for (const service of decided.singly.split(',')) singly.add(service)
  }
  return decideSingles(client, batches.flatMap(singlesOf), { occurredAt, singly })
}

/** Part by part, in order. */
async function decideSingles(
  client: pg.ClientBase,
  singles: readonly Single[],
  { occurredAt, singly }: Pick<DecideOptions, 'occurredAt' | 'singly'>,
): Promise<string[]> {
  const outcomes: string[] = []
  for (const part of partsOf(singles, singly)) outcomes.push(...(await decidePart(client, part, occurredAt)))
  return outcomes
}

async function decidePart(client: pg.ClientBase, part: Part, occurredAt: string): Promise<string[]> {
  const { singles } = part
  if (part.singly) return lookAgain(client, singles, [AGAIN], occurredAt)
  const decided = await decideBatch(client, columnsOfSingles(singles), occurredAt)
  // Else a service has become such a one in this moment.
  const outcomes = decided.singly === null ? decided.outcomes.split(';') : singles.map(() => AGAIN)
  return lookAgain(client, singles, outcomes, occurredAt)
}

/** Decides those one by one, in order, that met somebody outside of the batch whom its statement could not see. */
async function lookAgain(
  client: pg.ClientBase,
  singles: readonly Single[],
  outcomes: string[],
  occurredAt: string,
): Promise<string[]> {
  for (const [index, single] of singles.entries())
    if (outcomes[index] === AGAIN) outcomes[index] = await decideOne(client, single, occurredAt)
  return outcomes
}

/** The outcomes of each entry, in order. */
function share(entries: readonly LogEntry[], outcomes: readonly string[]): string[] {
  let from = 0
  return entries.map(({ batch }) => {
    const count = batch?.count ?? 0
    from += count
    return outcomes.slice(from - count, from).join(';')
  })
}

/**
 * The same, for a batch that fails as a whole: finds the requests at fault by halving, under savepoints, decides the
 * others and records those as failed, with a copy for the dead-letter stream, all in the same commit.
 */
export async function decideByHalving(
  client: pg.ClientBase,
  entries: readonly LogEntry[],
  advances: readonly Advance[],
  options: DecideOptions,
): Promise<string[]> {
  if (!(await options.advance(client, advances))) throw new LeaseLostError('lease lost')
  const results: string[] = []
  for (const entry of entries) {
    if (entry.batch === undefined) {
      await recordDeadLetter(client, entry, { bytes: entry.broken?.length ?? 0 })
      results.push('')
      continue
    }
    const singles = singlesOf({ ...entry, batch: entry.batch })
    results.push((await halve(client, singles, options)).join(';'))
  }
  return results
}

async function halve(client: pg.ClientBase, singles: Single[], options: DecideOptions): Promise<string[]> {
  await client.query('SAVEPOINT half')
  try {
    const outcomes = await decideSingles(client, singles, options)
    await client.query('RELEASE SAVEPOINT half')
    return outcomes
  } catch (error) {
    if (!isDataError(error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT half')
    await client.query('RELEASE SAVEPOINT half')
    const [single] = singles
    if (single !== undefined && singles.length === 1) return [await fail(client, single, options, error)]
    const middle = singles.length >> 1
    return [
      ...(await halve(client, singles.slice(0, middle), options)),
      ...(await halve(client, singles.slice(middle), options)),
    ]
  }
}

async function fail(
  client: pg.ClientBase,
  { entry, position }: Single,
  { logger }: DecideOptions,
  error: unknown,
): Promise<string> {
  const { partition, seq, batch } = entry
  logger.error(
    { err: error, requestId: batch.ids, partition, seq, position },
    'Request failed and was put aside',
  )
  await recordDeadLetter(client, entry, { requestId: batch.ids, error: errorCode(error) ?? 'unknown' })
  await recordFailure(client, entry, position)
  return 'failed'
}
