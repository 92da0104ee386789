import test from 'ava'
import fc from 'fast-check'
import type ICAL from 'ical.js'

import { invitation } from '../src/index.ts'
import { checkCalendar } from '../src/testing/index.ts'
import { parties, visit } from './helpers/visits.ts'

const EXTRA = '\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil\r\nATTENDEE:mailto:evil@mail.example\r\n'

function only(calendar: ICAL.Component): ICAL.Component {
  const events = calendar.getAllSubcomponents('vevent')
  const [event] = events
  if (event === undefined || events.length !== 1) throw new Error(`there are ${events.length} events`)
  return event
}

/** What stands in a calendar of a text: line breaks are one kind, and control characters are gone. */
function kept(text: string): string {
  const lines = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
  return lines.replaceAll(/\r\n|\r|\n/g, '\n').trim()
}

test('commas, semicolons, backslashes and line breaks of a message come through as they were', (t) => {
  const notes = 'one, two; three\\four\nnew "line": x\\n, tab\there'

  const event = only(checkCalendar('escaping', invitation(visit({ notes }), parties).body))

  t.true(String(event.getFirstPropertyValue('description')).endsWith(`\n\n${notes}`))
})

test('no field can smuggle in a line', (t) => {
  const person = { name: `Ana${EXTRA}`, email: 'ana@mail.example' }
  const place = { name: `Clinic${EXTRA}`, address: `Street 1${EXTRA}` }
  const told = visit({ title: `Visit${EXTRA}`, notes: EXTRA, place })

  const { body } = invitation(told, { organizer: person, attendees: [person] })
  const event = only(checkCalendar('smuggling', body))

  t.is(event.getAllProperties('attendee').length, 1)
  t.is(event.getAllProperties('uid').length, 1)
  t.not(event.getFirstPropertyValue('uid'), 'evil')
})

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      ',',
      ';',
      ':',
      '\\',
      '"',
      '^',
      "'",
      '\u0000',
      '\u001b',
      '\u2028',
      'é',
      '😀',
      '\ud800',
    ),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 300,
})

test('whatever somebody writes, the message holds one event that says it', (t) => {
  fc.assert(
    fc.property(hostile, hostile, (notes, name) => {
      const place = { name }
      const told = visit({ notes, title: name, place })
      const { body } = invitation(told, { ...parties, attendees: [{ name, email: 'ana@mail.example' }] })
      const event = only(checkCalendar('hostile', body))
      const description = String(event.getFirstPropertyValue('description'))
      const wanted = kept(notes)
      t.true(wanted === '' || description.endsWith(`\n\n${wanted}`), JSON.stringify({ notes, description }))
      t.is(event.getAllProperties('attendee').length, 1)
    }),
    { numRuns: 300 },
  )
})
