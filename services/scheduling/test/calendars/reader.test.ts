import { BusyError } from '@medqueue/icalendar'
import test from 'ava'

import { createBusyReader } from '../../src/calendars/busy/reader.ts'
import { calendarOf } from '../helpers/outside-server.ts'

const range = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 3, 1) }
const ask = (ics: string) => ({ ics, zone: 'Europe/Paris', range })
const good = calendarOf({ start: '20270301T100000Z', end: '20270301T110000Z' })
const busy = [{ start: Date.UTC(2027, 2, 1, 10), end: Date.UTC(2027, 2, 1, 11) }]

/** A rule that never comes true, for which ical.js looks for ever. */
const endless = calendarOf({
  start: '20100601T100000Z',
  end: '20100601T110000Z',
  rrule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
})

test('calendars are read in turn, each as itself', async (t) => {
  const reader = createBusyReader()
  t.teardown(async () => reader.stop())

  const answers = await Promise.all([
    reader.read(ask(good)),
    reader.read(ask(calendarOf())),
    reader.read(ask(good)),
  ])

  t.deepEqual(answers, [busy, [], busy])
})

test('a text that keeps its reader for ever is given up, and the next one is read', async (t) => {
  const reader = createBusyReader({ mostMs: 2_000 })
  t.teardown(async () => reader.stop())

  const [bad, next] = await Promise.allSettled([reader.read(ask(endless)), reader.read(ask(good))])

  t.like(bad, { status: 'rejected' })
  t.is(bad.status === 'rejected' && bad.reason instanceof BusyError ? bad.reason.fault : '', 'took_too_long')
  t.deepEqual(next, { status: 'fulfilled', value: busy })
})

test('the reason why a text cannot be read comes back by name', async (t) => {
  const reader = createBusyReader()
  t.teardown(async () => reader.stop())

  const error = await t.throwsAsync(reader.read(ask('hello')), { instanceOf: BusyError })

  t.is(error.fault, 'not_a_calendar')
  t.deepEqual(await reader.read(ask(good)), busy)
})
