import type { AppointmentEvent } from '@medqueue/contracts'

import type { StreamClient } from './client.ts'

/** What a list of appointments says of one. */
export interface Listed {
  id: string
  doctorId: string
  status: string
  version: number
}

/**
 * What a lobby shows that has read the list after `ready` and then takes every message whose version is higher than what
 * it has: ids of the requests that wait for the doctor, in order of their ids.
 */
export function waiting(doctorId: string, listed: readonly Listed[], client: StreamClient): string[] {
  const known = new Map(listed.map((one) => [one.id, one]))
  for (const { version = 0, data } of client.events()) {
    const event = data as AppointmentEvent
    const { appointmentId: id, status } = event
    if (version > (known.get(id)?.version ?? 0))
      known.set(id, { id, doctorId: event.doctorId, status, version })
  }
  const theirs = [...known.values()].filter((one) => one.status === 'pending' && one.doctorId === doctorId)
  return theirs.map(({ id }) => id).sort()
}
