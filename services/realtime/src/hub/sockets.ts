import { ProblemError } from '@medqueue/service-kit'
import type { WebSocket } from '@fastify/websocket'

import { audienceOf } from '../domain/audience.ts'
import { Closing } from '../domain/closing.ts'
import type { Grants, Pair } from '../domain/grants.ts'
import type { StreamBounds } from '../domain/resume.ts'
import { RealtimeErrors } from '../errors.ts'
import type { ReadHistory } from '../events/history.ts'
import type { TicketClaims } from '../store/tickets.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Hub } from './hub.ts'
import { endInTime } from './lifetime.ts'

export interface SocketsOptions {
  hub: Hub
  readHistory: ReadHistory
  readBounds: () => Promise<StreamBounds>
  grants: Grants
  now: () => Date
  limits: ConnectionDeps['limits'] & { maxSockets: number; maxPerPerson: number; heartbeatMs: number }
  events: {
    onClosed: (why: Closing) => void
    onSent: (live: boolean) => void
    onReplayFailed: (error: unknown) => void
  }
}

/** All sockets of this replica: lets them in up to the limits, and ends them when their time has come. */
export class Sockets {
  readonly #options: SocketsOptions
  readonly #heartbeat = new Heartbeat()
  /** Each with who has opened it. */
  readonly #open = new Map<Connection, string>()
  readonly #counts = new Map<string, number>()
  #started = false

  constructor(options: SocketsOptions) {
    this.#options = options
  }

  /** From now on sockets are let in: the newest events have been read. */
  start(): void {
    this.#started = true
    this.#heartbeat.start(this.#options.limits.heartbeatMs)
  }

  get started(): boolean {
    return this.#started
  }

  /** Throws REALTIME_STARTING or REALTIME_FULL. */
  assertRoom(): void {
    const { maxSockets } = this.#options.limits
    if (!this.#started) throw starting()
    if (this.#open.size >= maxSockets) {
      throw new ProblemError(RealtimeErrors.REALTIME_FULL, { headers: { 'retry-after': '2' } })
    }
  }

  /** Throws REALTIME_TOO_MANY_SOCKETS. */
  assertRoomFor(person: string): void {
    if (this.#isFullFor(person)) throw new ProblemError(RealtimeErrors.REALTIME_TOO_MANY_SOCKETS)
  }

  /** Throws REALTIME_FOR_OTHERS unless the patient lets the other act for them now, or REALTIME_STARTING. */
  assertActs(pair: Pair): void {
    const { grants, now } = this.#options
    // A missing directory keeps back nobody but those who act for others.
    if (!grants.isOpen) throw starting()
    if (grants.endOf(pair) <= now().getTime()) throw new ProblemError(RealtimeErrors.REALTIME_FOR_OTHERS)
  }

  /** Takes over an open socket; it catches up from `lastEventId`, or is live at once without one. */
  accept(socket: WebSocket, claims: TicketClaims, lastEventId: number | undefined): void {
    const { hub, readHistory, readBounds, grants, now, limits, events } = this.#options
    const { id, patientId, roles } = claims
    // Who acts for a patient hears what the patient hears, and nothing as a doctor.
    const audience = patientId === undefined ? audienceOf(id, roles) : audienceOf(patientId, [])
    // Others may have come in since the limits were looked at.
    if (this.#isFullFor(id) || this.#open.size >= limits.maxSockets)
      return socket.close(Closing.full.code, Closing.full.reason)
    const connection: Connection = new Connection(socket, audience, {
      ...{ hub, readHistory, readBounds, now, limits },
      onSent: (_entry, live) => events.onSent(live),
      onReplayFailed: events.onReplayFailed,
      onClosed: (why) => {
        this.#leave(connection)
        giveUp()
        pulse.leave()
        events.onClosed(why)
      },
    })
    this.#open.set(connection, id)
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    const giveUp = endInTime(claims, { grants, now, close: (why) => connection.close(why) })
    const pulse = this.#heartbeat.join({ ping: () => socket.ping(), terminate: () => connection.terminate() })
    socket.on('pong', pulse.answered)
    void connection.start(lastEventId)
  }

  /** Tells everybody to connect elsewhere. */
  stop(): void {
    this.#started = false
    this.#heartbeat.stop()
    for (const connection of this.#open.keys()) connection.close('stopping')
  }

  #leave(connection: Connection): void {
    const opener = this.#open.get(connection)
    if (opener === undefined) return
    this.#open.delete(connection)
    const left = (this.#counts.get(opener) ?? 0) - 1
    if (left > 0) this.#counts.set(opener, left)
    else this.#counts.delete(opener)
  }

  /** A patient's own sockets are not counted with those of who acts for them. */
  #isFullFor(person: string): boolean {
    return (this.#counts.get(person) ?? 0) >= this.#options.limits.maxPerPerson
  }
}

const starting = () => new ProblemError(RealtimeErrors.REALTIME_STARTING, { headers: { 'retry-after': '1' } })
