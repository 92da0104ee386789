import { APPOINTMENT_STATUSES } from '@medqueue/contracts'
import test from 'ava'
import fc from 'fast-check'
import type { FhirResource } from 'fhir/r4.js'

import type { Appointment as AppointmentView } from '../../src/api/schemas.ts'
import { appointmentOf } from '../../src/fhir/map/appointment.ts'
import { checkResource } from '../../src/fhir/map/check.ts'
import { offerId, offerOf, placeId, placeOf } from '../../src/fhir/map/ids.ts'
import { boundsOf, referencedId, spanOf, tokenMeans, tokenOf } from '../../src/fhir/map/search-values.ts'
import { FHIR_STATUSES, fhirStatusOf, slotStatusOf, statusesOf } from '../../src/fhir/map/statuses.ts'
import { slotOf } from '../../src/fhir/map/slot.ts'
import { readXml } from '../../src/fhir/xml/read.ts'
import { writeXml } from '../../src/fhir/xml/write.ts'

const directory = { doctors: new Map(), clinics: new Map(), services: new Map(), specialties: new Map() }

const view = (overrides: Partial<AppointmentView> = {}): AppointmentView => ({
  id: '00000000-0000-4000-8000-000000000001',
  status: 'booked',
  doctorId: '00000000-0000-4000-8000-000000000002',
  patientId: '00000000-0000-4000-8000-000000000003',
  serviceId: '00000000-0000-4000-8000-000000000004',
  clinicId: '00000000-0000-4000-8000-000000000005',
  start: '2027-03-01T09:00:00Z',
  end: '2027-03-01T09:20:00Z',
  version: 3,
  ...overrides,
})

test('each of our states is one of FHIR, and a search for that one finds it again', (t) => {
  const expected = {
    held: 'pending',
    pending: 'pending',
    booked: 'booked',
    arrived: 'arrived',
    'checked-in': 'checked-in',
    'in-progress': 'checked-in',
    fulfilled: 'fulfilled',
    noshow: 'noshow',
    cancelled: 'cancelled',
    declined: 'cancelled',
    expired: 'cancelled',
    'entered-in-error': 'entered-in-error',
  } as const
  for (const status of APPOINTMENT_STATUSES) {
    t.is(fhirStatusOf(status), expected[status])
    t.true(FHIR_STATUSES.has(fhirStatusOf(status)))
    t.true(statusesOf(fhirStatusOf(status)).includes(status))
  }
  t.deepEqual(statusesOf('waitlist'), [])
})

test('a hold and a request keep a slot tentatively, and what has ended keeps none', (t) => {
  const of = (...statuses: AppointmentView['status'][]) => [...new Set(statuses.map(slotStatusOf))]
  t.deepEqual(of('held', 'pending'), ['busy-tentative'])
  t.deepEqual(of('booked', 'arrived', 'checked-in', 'in-progress', 'fulfilled'), ['busy'])
  t.deepEqual(of('cancelled', 'declined', 'expired', 'noshow', 'entered-in-error'), [undefined])
})

test('the reason of a no-show is in the extension, because R4 refuses it as a reason of cancelation', (t) => {
  const appointment = appointmentOf(view({ status: 'noshow', reason: 'Nobody at the door' }), directory)
  t.is(appointment.cancelationReason, undefined)
  t.like(appointment.extension?.[0]?.valueCodeableConcept, {
    text: 'Nobody at the door',
    coding: [{ code: 'no-show' }],
  })
})

test('only what FHIR calls cancelled has a reason of cancelation, whatever our state says', (t) => {
  for (const status of APPOINTMENT_STATUSES) {
    const appointment = appointmentOf(view({ status, reason: 'Because' }), directory)
    t.is(appointment.cancelationReason !== undefined, appointment.status === 'cancelled', status)
    t.deepEqual(checkResource(JSON.parse(JSON.stringify(appointment))), appointment)
  }
  t.is(
    appointmentOf(view({ status: 'expired' }), directory).cancelationReason?.text,
    'Lapsed without an answer',
  )
})

test('who has said what follows from the state', (t) => {
  const said = (overrides: Partial<AppointmentView>) => {
    const [patient, doctor] = appointmentOf(view(overrides), directory).participant
    return [patient?.status, doctor?.status]
  }
  t.deepEqual(said({ status: 'held' }), ['tentative', 'needs-action'])
  t.deepEqual(said({ status: 'pending' }), ['accepted', 'needs-action'])
  t.deepEqual(said({ status: 'booked' }), ['accepted', 'accepted'])
  t.deepEqual(said({ status: 'declined', endedBy: 'doctor' }), ['accepted', 'declined'])
  t.deepEqual(said({ status: 'cancelled', endedBy: 'patient' }), ['declined', 'accepted'])
})

const uuid = fc.uuid()
const start = fc.integer({ min: 0, max: 2 ** 36 })

test('ids of offers and places come back as they went, fit FHIR, and are told apart', (t) => {
  fc.assert(
    fc.property(uuid, uuid, start, (doctorId, other, at) => {
      const offer = { doctorId, serviceId: other, start: at }
      const place = { doctorId, clinicId: other }
      t.deepEqual(offerOf(offerId(offer)), offer)
      t.deepEqual(placeOf(placeId(place)), place)
      t.regex(offerId(offer), /^[A-Za-z0-9.-]{1,64}$/)
      t.is(placeOf(offerId(offer)), undefined)
      t.is(offerOf(doctorId), undefined)
    }),
    { numRuns: 1_000 },
  )
})

test('any text comes back from XML as it went, but for what neither XML nor FHIR can hold', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.boolean(), (message, held) => {
      const appointment = appointmentOf(view({ message, status: held ? 'held' : 'declined' }), directory)
      t.deepEqual(checkResource(readXml(writeXml(appointment))), appointment as FhirResource)
      t.deepEqual(checkResource(JSON.parse(JSON.stringify(appointment))), appointment as FhirResource)
    }),
    { numRuns: 2_000 },
  )
})

test('no text at all, as XML or as JSON, is anything but a resource or a named mistake', (t) => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<Patient xmlns="http://hl7.org/fhir">',
      '</Patient>',
      '<id value="a"/>',
      '<contact>',
      '</contact>',
    ),
    fc.constantFrom(
      '<!DOCTYPE a>',
      '<![CDATA[x]]>',
      '&amp;',
      '<?xml version="1.0"?>',
      '<active value="true"/>',
      '"',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        t.is(checkResource(readXml(pieces.join(''))).resourceType, 'Patient')
      } catch (error) {
        t.is((error as Error).name, 'InvalidInput')
      }
    }),
    { numRuns: 5_000 },
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      t.throws(() => checkResource(JSON.parse(text)), { name: 'InvalidInput' })
    }),
    { numRuns: 2_000 },
  )
})

test('a date of a search covers what it names', (t) => {
  const seconds = (text: string) => Date.parse(text) / 1000
  const cases: [string, string, string][] = [
    ['2027', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    ['2027-12', '2027-12-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['2027-03-01T09:00Z', '2027-03-01T09:00:00Z', '2027-03-01T09:01:00Z'],
    ['2027-03-01T09:00:00-03:00', '2027-03-01T12:00:00Z', '2027-03-01T12:00:01Z'],
    ['2027-03-01T09:00:00 05:45', '2027-03-01T03:15:00Z', '2027-03-01T03:15:01Z'],
  ]
  for (const [text, from, to] of cases)
    t.deepEqual(spanOf(text, 'date'), { start: seconds(from), end: seconds(to) }, text)
  for (const text of [
    '',
    '27',
    '2027-13',
    '2027-02-30',
    '2027-03-01T09:00:00',
    '2027-03-01T25:00:00Z',
    'now',
  ])
    t.throws(() => spanOf(text, 'date'), { name: 'InvalidInput' }, text)
  t.deepEqual(boundsOf(['ge2027-01-01', 'lt2027-02-01', 'gt2027-01-09'], 'date'), {
    from: seconds('2027-01-10T00:00:00Z'),
    to: seconds('2027-02-01T00:00:00Z'),
  })
})

test('references and tokens mean what is ours, and nothing else', (t) => {
  const base = 'https://clinic.example/fhir/R4'
  t.is(referencedId('1', 'Patient', base), '1')
  t.is(referencedId('Patient/1/_history/2', 'Patient', base), '1')
  t.is(referencedId(`${base}/Patient/1`, 'Patient', base), '1')
  for (const other of [
    'Practitioner/1',
    'https://elsewhere.example/fhir/Patient/1',
    '',
    'Patient/',
    '#a',
    'a b',
  ])
    t.is(referencedId(other, 'Patient', base), undefined, other)
  const means = (text: string) => tokenMeans(tokenOf(text), 'urn:system', 'code')
  t.deepEqual(['code', 'urn:system|code', 'urn:system|', '|code', 'urn:other|code', 'other'].map(means), [
    ...[true, true, true],
    ...[false, false, false],
  ])
})

test('a free slot links to the page where it is booked, and keeps the query the page has', (t) => {
  const slot = {
    doctorId: view().doctorId,
    clinicId: view().clinicId,
    start: 1_803_891_600,
    end: 1_803_892_800,
  }
  const bookingLink = 'https://clinic.example/book?lang=pt'
  const look = { directory, bookingLink }
  const free = slotOf(slot, view().serviceId, { ...look, status: 'free' })
  const url = new URL(free.extension?.[0]?.valueUrl ?? '')
  t.deepEqual(
    [...url.searchParams],
    [
      ['lang', 'pt'],
      ['slot', free.id ?? ''],
    ],
  )
  t.is(slotOf(slot, view().serviceId, { ...look, status: 'busy' }).extension, undefined)
})
