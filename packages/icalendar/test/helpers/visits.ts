import { Temporal } from 'temporal-polyfill'

import type { Parties, Visit } from '../../src/index.ts'

export const APPOINTMENT = '3f0c0a52-7f0e-4d5e-9d0a-0d2f9a3f6b11'

export const parties: Parties = {
  organizer: { name: 'Medqueue', email: 'calendar@clinic.example' },
  attendees: [{ name: 'Ana Souza', email: 'ana@mail.example' }],
}

/** Milliseconds of what the clocks of a zone read. */
export function at(wall: string, zone: string): number {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds
}

/** Half an hour at a clinic in Paris, 19:00 on its clocks. */
export function visit(overrides: Partial<Visit> = {}): Visit {
  const start = at('2027-03-05T19:00', 'Europe/Paris')
  return {
    appointmentId: APPOINTMENT,
    start,
    end: start + 30 * 60_000,
    zone: 'Europe/Paris',
    status: 'confirmed',
    sequence: 0,
    changedAt: Date.UTC(2027, 0, 4, 15),
    ...overrides,
  }
}
