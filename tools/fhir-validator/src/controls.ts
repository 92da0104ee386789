import { auditControls } from './audit-controls.ts'

/** Resources broken on purpose, by the name of their file; what is wrong is in the name. */
export function controls(): Map<string, string> {
  const files: [string, unknown][] = [
    ['status-of-no-code.json', { ...APPOINTMENT, status: 'confirmed' }],
    ['reason-while-booked.json', { ...APPOINTMENT, cancelationReason: { text: 'x' } }],
    ['reason-of-noshow.json', { ...APPOINTMENT, status: 'noshow', cancelationReason: { text: 'x' } }],
    ['start-without-end.json', omit(APPOINTMENT, 'end')],
    ['start-without-offset.json', { ...APPOINTMENT, start: '2027-03-01T09:00:00' }],
    ['offset-of-hours-only.json', { ...APPOINTMENT, start: '2027-03-01T09:00:00-05' }],
    ['nobody.json', { ...APPOINTMENT, participant: [{ status: 'accepted' }] }],
    ['unknown-element.json', { ...APPOINTMENT, room: 'A1' }],
    ['no-requested-period.appointment.json', omit(APPOINTMENT, 'requestedPeriod')],
    ['two-requested-periods.appointment.json', { ...APPOINTMENT, requestedPeriod: [PERIOD, PERIOD] }],
    ['participant-without-actor.appointment.json', { ...APPOINTMENT, participant: [TYPED] }],
    ['empty.appointments.json', { resourceType: 'Bundle', type: 'searchset', total: 0 }],
    ['no-total.appointments.json', { resourceType: 'Bundle', type: 'searchset', entry: [ENTRY] }],
    ['of-another-type.appointments.json', { resourceType: 'Bundle', type: 'collection', entry: [ENTRY] }],
    ['actor-of-another-kind.appointments.json', bundleWith({ resourceType: 'Device' })],
    ['nameless-practitioner.appointments.json', bundleWith({ resourceType: 'Practitioner', active: true })],
    ['nameless-location.appointments.json', bundleWith({ resourceType: 'Location' })],
    ['patient-without-identifier.appointments.json', bundleWith({ resourceType: 'Patient' })],
    ...auditControls(),
    ['slot-of-no-code.json', { ...SLOT, status: 'taken' }],
  ]
  return new Map([
    ...files.map(([name, resource]): [string, string] => [name, JSON.stringify(resource)]),
    [
      'out-of-order.xml',
      XML.replace('<id value="a"/><active value="true"/>', '<active value="true"/><id value="a"/>'),
    ],
    ['read-otherwise.xml', XML],
    ['read-otherwise.xml.read', '{"resourceType":"Patient","id":"a","active":false}'],
  ])
}

const PERIOD = { start: '2027-03-01T09:00:00Z', end: '2027-03-01T09:20:00Z' }

const TYPED = { type: [{ text: 'somebody' }], status: 'accepted' }

const APPOINTMENT = {
  resourceType: 'Appointment',
  id: 'a',
  status: 'booked',
  ...PERIOD,
  participant: [{ actor: { reference: 'Practitioner/b' }, status: 'accepted' }],
  requestedPeriod: [PERIOD],
}

const ENTRY = {
  fullUrl: 'https://clinic.example/fhir/R4/Appointment/a',
  resource: APPOINTMENT,
  search: { mode: 'match' },
}

/** The appointment with this as its only actor, which is in the bundle beside it. */
function bundleWith(actor: Record<string, unknown> & { resourceType: string }) {
  const reference = `${actor.resourceType}/c`
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 1,
    entry: [
      {
        ...ENTRY,
        resource: { ...APPOINTMENT, participant: [{ actor: { reference }, status: 'accepted' }] },
      },
      {
        fullUrl: `https://clinic.example/fhir/R4/${reference}`,
        resource: { id: 'c', ...actor },
        search: { mode: 'include' },
      },
    ],
  }
}

const SLOT = {
  resourceType: 'Slot',
  id: 'a',
  schedule: { reference: 'Schedule/b' },
  status: 'free',
  ...PERIOD,
}

const XML = '<Patient xmlns="http://hl7.org/fhir"><id value="a"/><active value="true"/></Patient>'

function omit(resource: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => key !== name))
}
