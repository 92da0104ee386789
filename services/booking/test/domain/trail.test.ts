import test, { type ExecutionContext } from 'ava'

import { type Change, inWords, type Visit } from '../../src/domain/trail.ts'

const visit: Visit = {
  start: Date.parse('2026-12-08T18:00:00Z') / 1_000,
  zone: 'Europe/Paris',
  doctor: 'Dr. Alder',
  service: 'Consultation',
  clinic: 'Marais Clinic',
}
const booked: Change = { action: 'request', by: 'patient', status: 'booked', reason: null, visit }

function says(
  t: ExecutionContext,
  change: Partial<Change>,
  words: string,
  before: Change | undefined = booked,
): void {
  t.is(inWords({ ...booked, ...change }, before), words)
}
says.title = (name = '') => name

test(
  'a booking at the clinic’s time',
  says,
  {},
  'Booked by the patient: Consultation with Dr. Alder, 2026-12-08 19:00 (Europe/Paris), Marais Clinic.',
  undefined,
)
test(
  'a request by staff',
  says,
  { by: 'staff', status: 'pending' },
  'Requested by the clinic: Consultation with Dr. Alder, 2026-12-08 19:00 (Europe/Paris), Marais Clinic.',
)
test('an approval', says, { action: 'approve', by: 'doctor' }, 'Approved by the doctor.')
test(
  'a refusal with its reason',
  says,
  { action: 'decline', by: 'doctor', status: 'declined', reason: 'I am away' },
  'Declined by the doctor: I am away.',
)
test(
  'a reason that the reader may not know',
  says,
  { action: 'cancel', by: 'proxy' },
  'Cancelled by somebody who acts for the patient.',
)
test(
  'a request that nobody answered',
  says,
  { action: 'expire', by: 'system', status: 'expired' },
  'Lapsed: nobody answered in time.',
  { ...booked, status: 'pending' },
)
test(
  'a hold that nobody booked',
  says,
  { action: 'expire', by: 'system', status: 'expired' },
  'Lapsed: it was not booked in time.',
  { ...booked, status: 'held' },
)
test(
  'another time',
  says,
  { action: 'move', visit: { ...visit, start: visit.start + 85_800 } },
  'Moved by the patient from 2026-12-08 19:00 to 2026-12-09 18:50 (Europe/Paris).',
)
test(
  'another doctor elsewhere at the same time',
  says,
  { action: 'move', by: 'staff', visit: { ...visit, doctor: 'Dr. Birch', clinic: 'Bastille Clinic' } },
  'Moved by the clinic: doctor from Dr. Alder to Dr. Birch, clinic from Marais Clinic to Bastille Clinic.',
)
test(
  'a time in another zone is told on both clocks',
  says,
  { action: 'move', visit: { ...visit, zone: 'Europe/Athens', clinic: 'Plaka Clinic' } },
  'Moved by the patient from 2026-12-08 19:00 (Europe/Paris) to 2026-12-08 20:00 (Europe/Athens), clinic from Marais Clinic to Plaka Clinic.',
)
test(
  'what has no words of its own is still told',
  says,
  { action: 'renamed', by: 'system' },
  'Changed by the system.',
)
