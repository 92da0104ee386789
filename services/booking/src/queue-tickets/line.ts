import type { LineFacts, TicketRow } from '../store/tickets.ts'
import { estimateWait, type Wait } from './estimate.ts'

/** A place in line: 1 is next. */
export interface Place {
  position: number
  wait?: Wait
}

/** A visit is planned to take so long where nothing else is said; seconds. */
const USUAL = 1_200
/** So many visits of one doctor say more than those of all. */
const ENOUGH = 5

/** The place of each ticket that waits, and how long it will be. `tickets` are a day's, in the order of the line. */
export function placesOf(tickets: readonly TicketRow[], facts: LineFacts): Map<string, Place> {
  const waiting = tickets.filter(({ state }) => state === 'waiting' || state === 'called')
  const places = new Map<string, Place>()
  for (const [index, ticket] of waiting.entries()) {
    if (ticket.state !== 'waiting') continue
    const wait = waitOf(ticket, waiting.slice(0, index), tickets, facts)
    const position = waiting.slice(0, index + 1).filter((one) => meets(one, ticket)).length
    places.set(ticket.id, { position, ...(wait === undefined ? {} : { wait }) })
  }
  return places
}

/** True when one of the two being called may make the other wait. */
const meets = (one: TicketRow, other: TicketRow) =>
  one.doctor_id === null || other.doctor_id === null || one.doctor_id === other.doctor_id

function waitOf(
  ticket: TicketRow,
  before: readonly TicketRow[],
  tickets: readonly TicketRow[],
  { onDuty, measured, planned }: LineFacts,
): Wait | undefined {
  const serving = tickets.filter(({ state }) => state === 'serving')
  const doctors = new Set([...onDuty, ...serving.flatMap(({ doctor_id: id }) => id ?? [])])
  const { doctor_id: own } = ticket
  const times = (id: string | null) =>
    measured.filter(({ doctor_id: by }) => id === null || by === id).map(({ seconds }) => seconds)
  const visit = planned.get(ticket.service_id ?? '') ?? USUAL
  if (own === null)
    return estimateWait({
      ...{ ahead: before.length, doctors: doctors.size, busy: serving.length },
      ...{ measured: times(null), planned: visit },
    })
  const ownTimes = times(own)
  const anyBefore = before.filter(({ doctor_id: id }) => id === null).length
  return estimateWait({
    ahead: before.filter(({ doctor_id: id }) => id === own).length + anyBefore / Math.max(1, doctors.size),
    doctors: doctors.has(own) ? 1 : 0,
    busy: serving.filter(({ doctor_id: id }) => id === own).length,
    ...{ measured: ownTimes.length >= ENOUGH ? ownTimes : times(null), planned: visit },
  })
}
