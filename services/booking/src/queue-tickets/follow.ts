import { type EventEnvelope, namesOf } from '@medqueue/contracts'
import { type Broker, type Log, type Projection, startProjection } from '@medqueue/messaging'
import type pg from 'pg'

import { findTicket, putState } from '../store/tickets.ts'
import type { TicketState } from './states.ts'
import { ticketOfVisit } from './tickets.ts'

export interface FollowDeps {
  pool: pg.Pool
  now: () => Date
  newId: () => string
}

/** What an event of an appointment makes of its ticket. */
const STATES: Readonly<Record<string, TicketState>> = {
  'appointment.started': 'serving',
  'appointment.fulfilled': 'done',
  'appointment.cancelled': 'left',
  'appointment.voided': 'left',
}

const OVER: ReadonlySet<string> = new Set(['done', 'left'])
/** Older news is of another day; milliseconds. */
const FRESH_MS = 20 * 3_600_000

/** Lets a ticket follow its appointment, by whatever way that was checked in, begun, completed or cancelled. */
export async function followAppointment(
  client: pg.PoolClient,
  deps: FollowDeps,
  { type, subject: appointmentId, occurredAt }: EventEnvelope,
): Promise<void> {
  if (deps.now().getTime() - Date.parse(occurredAt) > FRESH_MS) return
  if (type === 'appointment.checked-in') {
    await ticketOfVisit(client, deps, appointmentId)
    return
  }
  const to = STATES[type]
  const ticket = await findTicket(client, { appointmentId }, true)
  if (to === undefined || ticket === undefined || OVER.has(ticket.state) || ticket.state === to) return
  await putState(client, ticket.id, to)
}

/** Takes what happens to appointments, each event by one replica. */
export async function startTickets(
  options: FollowDeps & { broker: Broker; logger: Log; prefix: string },
): Promise<Projection> {
  const { streams, subject } = namesOf(options.prefix)
  return startProjection({
    ...options,
    stream: streams.appointmentEvents,
    durable: 'booking-tickets',
    subjects: ['checked-in', ...Object.keys(STATES).map((type) => type.replace('appointment.', ''))].map(
      (type) => subject(`appointment.${type}.>`),
    ),
    handle: (client, event) => followAppointment(client, options, event),
  })
}
