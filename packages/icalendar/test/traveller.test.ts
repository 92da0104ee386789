import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import test from 'ava'

import { invitation } from '../src/index.ts'
import { checkCalendar } from '../src/testing/index.ts'
import { parties, visit } from './helpers/visits.ts'

const SCRIPT = join(import.meta.dirname, 'helpers/print-invitation.ts')

test('a visit at 19:00 in Paris is told as 19:00 in Paris, and says so in words, wherever it is read', (t) => {
  const { body } = invitation(visit(), parties)

  const event = checkCalendar('traveller', body).getFirstSubcomponent('vevent')
  t.true(body.includes('\r\nDTSTART;TZID=Europe/Paris:20270305T190000\r\n'))
  t.is(event?.getFirstPropertyValue('description'), 'Time at the clinic: 2027-03-05 19:00 (Europe/Paris)')
})

test('the zone of the server changes nothing in a message', (t) => {
  const printed = ['UTC', 'Asia/Tokyo', 'Europe/Athens', 'America/Los_Angeles'].map((TZ) => {
    return execFileSync(process.execPath, [SCRIPT], { env: { ...process.env, TZ }, encoding: 'utf8' })
  })

  t.is(new Set(printed).size, 1)
  t.true(printed[0]?.includes('DTSTART;TZID=Europe/Paris:20270305T190000'))
})
