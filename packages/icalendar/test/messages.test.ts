import test from 'ava'
import type ICAL from 'ical.js'

import { cancellation, invitation, isOwnUid, publication, sequenceOf, update } from '../src/index.ts'
import { checkCalendar } from '../src/testing/index.ts'
import { APPOINTMENT, parties, visit } from './helpers/visits.ts'

function eventOf(name: string, body: string): ICAL.Component {
  const event = checkCalendar(name, body).getFirstSubcomponent('vevent')
  if (event === null) throw new Error('there is no event')
  return event
}

test('an invitation asks its attendees to a confirmed visit', (t) => {
  const message = invitation(visit(), parties)

  const event = eventOf('invitation', message.body)
  t.is(message.contentType, 'text/calendar; method=REQUEST; charset=utf-8')
  t.is(event.parent.getFirstPropertyValue('method'), 'REQUEST')
  t.is(event.getFirstPropertyValue('summary'), 'Visit')
  t.is(event.getFirstPropertyValue('status'), 'CONFIRMED')
  t.is(event.getFirstPropertyValue('organizer'), 'mailto:calendar@clinic.example')
  t.is(String(event.getFirstPropertyValue('attendee')).toLowerCase(), 'mailto:ana@mail.example')
  t.is(event.getFirstProperty('attendee')?.getFirstParameter('partstat'), 'NEEDS-ACTION')
})

test('a request that waits for the doctor is tentative', (t) => {
  const { body } = invitation(visit({ status: 'tentative' }), parties)

  t.is(eventOf('tentative', body).getFirstPropertyValue('status'), 'TENTATIVE')
})

test('a cancellation has the UID of the invitation, one sequence more, and its method in the body and in the MIME part', (t) => {
  const before = visit()
  const history = ['booked', 'cancelled'].map((status) => ({ ...before, clinicId: 'c', status }))

  const invited = eventOf('before-cancel', invitation(before, parties).body)
  const message = cancellation({ ...before, status: 'cancelled', sequence: sequenceOf(history) }, parties)
  const cancelled = eventOf('cancel', message.body)

  t.is(cancelled.getFirstPropertyValue('uid'), invited.getFirstPropertyValue('uid'))
  t.is(Number(invited.getFirstPropertyValue('sequence')), 0)
  t.is(Number(cancelled.getFirstPropertyValue('sequence')), 1)
  t.is(cancelled.getFirstPropertyValue('status'), 'CANCELLED')
  t.is(cancelled.parent.getFirstPropertyValue('method'), 'CANCEL')
  t.is(message.contentType, 'text/calendar; method=CANCEL; charset=utf-8')
})

test('an update is a request with the same UID, the new time and a higher sequence', (t) => {
  const moved = visit({ start: visit().start + 3_600_000, end: visit().end + 3_600_000, sequence: 1 })

  const event = eventOf('update', update(moved, parties).body)

  t.is(event.getFirstPropertyValue('uid'), `${APPOINTMENT}@appointments.medqueue.dev`)
  t.is(Number(event.getFirstPropertyValue('sequence')), 1)
  t.is(String(event.getFirstPropertyValue('dtstart')), '2027-03-05T20:00:00')
  t.is(event.parent.getFirstPropertyValue('method'), 'REQUEST')
})

test('what does not fit its method is refused', (t) => {
  const cancelled = visit({ status: 'cancelled', sequence: 1 })
  t.throws(() => invitation(cancelled, parties), { instanceOf: RangeError })
  t.throws(() => update(visit(), parties), { instanceOf: RangeError })
  t.throws(() => cancellation(visit({ sequence: 1 }), parties), { instanceOf: RangeError })
  t.throws(() => cancellation(visit({ status: 'cancelled' }), parties), { instanceOf: RangeError })
})

test('a publication asks nobody to come', (t) => {
  const message = publication(visit(), parties.organizer)

  const event = eventOf('publication', message.body)
  t.is(message.contentType, 'text/calendar; method=PUBLISH; charset=utf-8')
  t.false(event.hasProperty('attendee'))
})

test('an address with anything but an address in it is refused', (t) => {
  for (const email of ['', 'nobody', 'a b@c.d', 'a@b.c\r\nATTENDEE:x', 'a@b.c;x', '"a"@b.c', 'a@b,c']) {
    const attendees = [{ name: 'x', email }]
    t.throws(() => invitation(visit(), { ...parties, attendees }), { instanceOf: RangeError }, email)
  }
})

test('our own visits are known by their UID', (t) => {
  const event = eventOf('uid', publication(visit(), parties.organizer).body)

  t.true(isOwnUid(String(event.getFirstPropertyValue('uid'))))
  t.false(isOwnUid('7kukuqrfedlm2f9tl@somewhere.example'))
})
