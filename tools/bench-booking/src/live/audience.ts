import { once } from 'node:events'

import type { Role } from '@medqueue/contracts'
import type { TokenIssuer } from '@medqueue/testing'
import { WebSocket } from 'ws'

import type { Stage } from './stage.ts'
import type { Tracker } from './tracker.ts'

/** Who listens: each doctor on two devices, pages that show a doctor's slots, and a socket for each patient. */
export const DEVICES = 2
export const PAGES = 8

export interface Audience {
  size: number
  /** Ends every socket without a word and opens it again behind what it was told last. Milliseconds until all are back. */
  reconnect: () => Promise<number>
  close: () => void
}

interface Seat {
  /** What the socket is opened with; pages need no ticket. */
  open: (lastEventId: string | undefined) => Promise<string>
  /** Key of a message for the tracker; undefined when nobody waits for it here. */
  keyOf: (message: Message) => string | undefined
  lastEventId: string | undefined
  socket: WebSocket | undefined
}

interface Message {
  id: string
  type: string
  data: { doctorId: string; patientId: string; start: string } | null
}

export const keyOf = (type: string, person: string, start: string) =>
  `${type} ${person} ${Math.floor(Date.parse(start) / 1_000)}`

const AT_ONCE = 64

/** Opens every socket; resolves when all are live. */
export async function gather(stage: Stage, issuer: TokenIssuer, tracker: Tracker): Promise<Audience> {
  const seats = seatsOf(stage, issuer)
  await each(seats, (seat) => sit(seat, tracker))
  return {
    size: seats.length,
    reconnect: async () => {
      const began = performance.now()
      for (const { socket } of seats) socket?.terminate()
      await each(seats, (seat) => sit(seat, tracker))
      return performance.now() - began
    },
    close: () => {
      for (const { socket } of seats) socket?.terminate()
    },
  }
}

function seatsOf(stage: Stage, issuer: TokenIssuer): Seat[] {
  const { doctors, patients } = stage.cast
  const seat = (open: Seat['open'], keyOf: Seat['keyOf']): Seat => {
    return { open, keyOf, lastEventId: undefined, socket: undefined }
  }
  const own = (id: string, role: Role, keyOf: Seat['keyOf']) =>
    seat(async (last) => ownUrl(stage, await ticketOf(stage, issuer, id, role), last), keyOf)
  const page = (id: string) =>
    seat(async () => `${stage.realtime.replace('http', 'ws')}/v1/stream/slots?doctorIds=${id}`, pageKey)
  return [
    ...doctors.flatMap((id) => Array.from({ length: DEVICES }, () => own(id, 'doctor', lobbyKey))),
    ...doctors.flatMap((id) => Array.from({ length: PAGES }, () => page(id))),
    ...patients.map((id) => own(id, 'patient', patientKey)),
  ]
}

const lobbyKey: Seat['keyOf'] = ({ type, data }) =>
  data === null || type !== 'appointment.requested' ? undefined : keyOf(type, data.patientId, data.start)
const patientKey: Seat['keyOf'] = ({ type, data }) =>
  data === null || type !== 'appointment.approved' ? undefined : keyOf(type, data.patientId, data.start)
const pageKey: Seat['keyOf'] = ({ type, data }) =>
  data === null ? undefined : keyOf(type, data.doctorId, data.start)

async function sit(seat: Seat, tracker: Tracker): Promise<void> {
  const socket = new WebSocket(await seat.open(seat.lastEventId))
  const live = once(socket, 'message')
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as Message
    seat.lastEventId = message.id
    const key = seat.keyOf(message)
    if (key !== undefined) tracker.got(key)
  })
  seat.socket = socket
  await live
}

function ownUrl({ realtime }: Stage, ticket: string, lastEventId: string | undefined): string {
  const query = new URLSearchParams({ ticket, ...(lastEventId === undefined ? {} : { lastEventId }) })
  return `${realtime.replace('http', 'ws')}/v1/stream?${query.toString()}`
}

async function ticketOf({ realtime }: Stage, issuer: TokenIssuer, id: string, role: Role): Promise<string> {
  const answer = await fetch(`${realtime}/v1/stream/tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(issuer, id, role)}` },
  })
  const { ticket } = (await answer.json()) as { ticket?: string }
  if (ticket === undefined) throw new Error(`no ticket: ${answer.status}`)
  return ticket
}

export const tokenOf = (issuer: TokenIssuer, sub: string, role: Role) =>
  issuer.token({ sub, roles: [role], exp: Math.floor(Date.now() / 1_000) + 3_600 })

async function each(seats: readonly Seat[], act: (seat: Seat) => Promise<void>): Promise<void> {
  const queue = seats.values()
  const work = async () => {
    for (const seat of queue) await act(seat)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
