import type pg from 'pg'

import type { Catalogue } from '../store/list-catalogue.ts'
import { listTickets, readLineFacts, type TicketRow } from '../store/tickets.ts'
import { type Place, placesOf } from './line.ts'
import type { Board } from './schemas.ts'
import { todayAt } from './tickets.ts'

export interface BoardDeps {
  pool: pg.Pool
  catalogue: () => Catalogue
  now: () => Date
}

export interface ClinicLine {
  day: string
  tickets: TicketRow[]
  places: Map<string, Place>
  doctorsOnDuty: number
}

/** A clinic's line of today, with the place of everybody who waits. Throws BOOKING_TICKET_CLINIC. */
export async function readLine(deps: BoardDeps, clinicId: string): Promise<ClinicLine> {
  const day = await todayAt(deps, clinicId)
  const [tickets, facts] = await Promise.all([
    listTickets(deps.pool, { clinicId, day, all: false }),
    readLineFacts(deps.pool, clinicId, day),
  ])
  const { services } = deps.catalogue()
  const planned = new Map(services.entries().map(([id, { duration }]) => [id, duration]))
  return {
    day,
    tickets,
    places: placesOf(tickets, { ...facts, planned }),
    doctorsOnDuty: facts.onDuty.length,
  }
}

/** What hangs on the wall: labels and places to go to, and nothing of a person. */
export async function readBoard(deps: BoardDeps, clinicId: string): Promise<Board> {
  const { day, tickets, places, doctorsOnDuty } = await readLine(deps, clinicId)
  const of = (state: string) => tickets.filter((ticket) => ticket.state === state)
  return {
    ...{ clinicId, day, doctorsOnDuty },
    called: of('called').map(({ label, place }) => ({ label, ...(place === null ? {} : { place }) })),
    serving: of('serving').map(({ label }) => ({ label })),
    waiting: of('waiting').map(({ id, label }) => ({ label, ...(places.get(id) ?? { position: 1 }) })),
  }
}
