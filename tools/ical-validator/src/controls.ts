import { cancellation, invitation, type Parties, type Visit } from '@medqueue/icalendar'

const start = Date.UTC(2027, 2, 5, 18)
const visit: Visit = {
  appointmentId: '3f0c0a52-7f0e-4d5e-9d0a-0d2f9a3f6b11',
  start,
  end: start + 30 * 60_000,
  zone: 'Europe/Paris',
  status: 'confirmed',
  sequence: 0,
  changedAt: Date.UTC(2027, 0, 4),
}
const parties: Parties = {
  organizer: { name: 'Medqueue', email: 'calendar@clinic.example' },
  attendees: [{ name: 'Ana', email: 'ana@mail.example' }],
}

/** Messages broken on purpose, by what is wrong with them. */
export function controls(): Map<string, string> {
  const request = invitation(visit, parties).body
  const cancel = cancellation({ ...visit, status: 'cancelled', sequence: 1 }, parties).body
  const without = (text: string, property: string) =>
    text.replace(new RegExp(`^${property}.*\\r\\n`, 'm'), '')
  return new Map([
    ['request without UID', without(request, 'UID')],
    ['request without DTSTAMP', without(request, 'DTSTAMP')],
    ['request without ORGANIZER', without(request, 'ORGANIZER')],
    ['request without VERSION', without(request, 'VERSION')],
    ['request with two UIDs', request.replace('UID:', 'UID:other\r\nUID:')],
    ['cancellation without UID', without(cancel, 'UID')],
    ['cancellation without SEQUENCE', without(cancel, 'SEQUENCE')],
    ['request with a time that is none', request.replace(/^DTSTART;.*$/m, 'DTSTART:tomorrow')],
    ['request with bare line feeds', request.replaceAll('\r\n', '\n')],
    ['request with a line too long', request.replace('SUMMARY:Visit', `SUMMARY:${'x'.repeat(80)}`)],
    ['request that stops in the middle', request.slice(0, request.indexOf('END:VEVENT'))],
  ])
}
