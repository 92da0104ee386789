import test from 'ava'
import fc from 'fast-check'

import { formatInstant, parseInstant } from '../src/domain/instants.ts'
import { rankAlternatives } from '../src/domain/rank.ts'
import { decodeOutcome, encodeBatch, isRequestBatch } from '../src/intake/encoding.ts'
import { requestIdOf } from '../src/intake/request-id.ts'
import { collect, columnsOf, singlesOf } from '../src/worker/batch.ts'
import { fairShare } from '../src/worker/leases.ts'
import type { LogEntry } from '../src/worker/log-reader.ts'

test('the same doctor at nearly the same time is the best alternative', (t) => {
  const slot = (doctorId: string, start: number) => ({ doctorId, clinicId: 'c', start, end: start + 60 })
  const ranked = rankAlternatives([slot('b', 0), slot('a', 86_400 * 3), slot('a', 600), slot('b', 600)], {
    doctorId: 'a',
    clinicId: undefined,
    start: 0,
    cityOf: () => undefined,
  })
  t.deepEqual(
    ranked.map(({ doctorId, start }) => [doctorId, start]),
    [
      ['a', 600],
      ['b', 0],
      ['b', 600],
      ['a', 86_400 * 3],
    ],
  )
})

test('of two others who are free at the same time the one at the same clinic is told first, then the city’s', (t) => {
  const slot = (clinicId: string) => ({ doctorId: clinicId, clinicId, start: 600, end: 660 })
  const cities: Record<string, string> = { a: 'Vitória', b: 'Vitória', c: 'Recife' }
  const wish = { doctorId: 'x', clinicId: 'b', start: 0, cityOf: (id: string) => cities[id] }
  const ranked = rankAlternatives([slot('c'), slot('a'), slot('b')], wish)
  t.deepEqual(
    ranked.map(({ clinicId }) => clinicId),
    ['b', 'a', 'c'],
  )
})

test('an instant survives a round trip and impossible ones are refused', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      t.is(parseInstant(formatInstant(seconds)), seconds)
    }),
  )
  t.is(parseInstant('2027-03-01T09:00:00-03:00'), Date.UTC(2027, 2, 1, 12) / 1000)
  for (const text of [
    '2027-02-29T09:00:00Z',
    '2027-13-01T09:00:00Z',
    '2027-01-01T24:01:00Z',
    '2027-04-31T10:00:00+05:45',
  ]) {
    t.is(parseInstant(text), undefined, text)
  }
})

test('a request id depends on principal and key and is a UUID of version 8', (t) => {
  const keys = fc.string({ minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      t.regex(requestIdOf(a, b), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      t.is(requestIdOf(a, b) === requestIdOf(a, `${b}.`), false)
    }),
    { numRuns: 200 },
  )
})

const request = (id: string, message?: string) => ({
  id,
  fingerprint: 'f',
  principalId: 'p',
  patientId: 'p',
  doctorId: 'd',
  serviceId: 's',
  startSeconds: 1,
  traceparent: '',
  message,
})

const entry = (partition: number, seq: number, ids: string[]): LogEntry => ({
  partition,
  seq,
  storedAt: 0,
  batch: JSON.parse(
    encodeBatch(
      'r',
      seq,
      ids.map((id) => request(id)),
    ),
  ) as NonNullable<LogEntry['batch']>,
})

test('a batch survives encoding, and one request can be cut out of it', (t) => {
  const batch: unknown = JSON.parse(encodeBatch('r', 7, [request('a'), request('b', 'say "hi" \\ {x}')]))
  if (!isRequestBatch(batch)) return t.fail('not a batch')
  const whole = columnsOf([{ partition: 2, seq: 9, storedAt: 0, batch }])
  t.like(whole, {
    count: 2,
    ids: 'a,b',
    partitions: '2,2',
    seqs: '9,9',
    positions: '0,1',
    traceparents: '"",""',
  })
  t.is(whole.messages, String.raw`NULL,"say \"hi\" \\ {x}"`)
  const single = singlesOf({ partition: 2, seq: 9, storedAt: 0, batch })[1]
  t.is(single?.position, 1)
  t.like(single?.entry.batch, { count: 1, ids: 'b', messages: ['say "hi" \\ {x}'] })
})

test('a batch keeps each partition’s order, its limit, and no id twice', (t) => {
  const idArbitrary = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l')
  const logs = fc.array(
    fc.array(fc.uniqueArray(idArbitrary, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  fc.assert(
    fc.property(logs, fc.integer({ min: 1, max: 10 }), (partitions, limit) => {
      const queues = partitions.map((messages, p) => messages.map((ids, n) => entry(p, n + 1, ids)))
      const all = queues.flat().length
      const readers = queues.map((queue) => ({ peek: () => queue[0], take: () => queue.shift() }))
      let taken = 0
      const lastSeq = new Map<number, number>()
      while (queues.some((queue) => queue.length > 0)) {
        const entries = collect(readers, limit)
        t.true(entries.length > 0)
        taken += entries.length
        const ids = entries.flatMap(({ batch }) => batch?.ids.split(',') ?? [])
        t.is(new Set(ids).size, ids.length)
        if (entries.length > 1) t.true(ids.length <= limit)
        for (const { partition, seq } of entries) {
          t.is(seq, (lastSeq.get(partition) ?? 0) + 1)
          lastSeq.set(partition, seq)
        }
      }
      t.is(taken, all)
    }),
    { numRuns: 500 },
  )
})

test('outcomes are read as they are written', (t) => {
  t.deepEqual(decodeOutcome('booked,,1700,c'), { decision: 'booked', endSeconds: 1700, clinicId: 'c' })
  t.deepEqual(decodeOutcome('refused,slot_taken'), { decision: 'refused', reason: 'slot_taken' })
  t.deepEqual(decodeOutcome('known'), { decision: 'known' })
  t.deepEqual(decodeOutcome('conflict'), { decision: 'conflict' })
  t.deepEqual(decodeOutcome('what'), { decision: 'failed' })
})

test('fair shares cover all partitions', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 0, max: 40 }), (partitions, workers) => {
      t.true(fairShare(partitions, workers) * Math.max(1, workers) >= partitions)
    }),
  )
})
