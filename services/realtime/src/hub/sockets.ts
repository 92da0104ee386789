import { ProblemError } from '@medqueue/service-kit'
import type { WebSocket } from '@fastify/websocket'

import { audienceOf } from '../domain/audience.ts'
import { Closing } from '../domain/closing.ts'
import type { StreamBounds } from '../domain/resume.ts'
import { RealtimeErrors } from '../errors.ts'
import type { ReadHistory } from '../events/history.ts'
import type { TicketClaims } from '../store/tickets.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Hub } from './hub.ts'

export interface SocketsOptions {
  hub: Hub
  readHistory: ReadHistory
  readBounds: () => Promise<StreamBounds>
  now: () => Date
  limits: ConnectionDeps['limits'] & { maxSockets: number; maxPerPerson: number; heartbeatMs: number }
  events: {
    onClosed: (why: Closing) => void
    onSent: (live: boolean) => void
    onReplayFailed: (error: unknown) => void
  }
}

/** Longest time that a timer can be set to; milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** All sockets of this replica: lets them in up to the limits, and ends them when their time has come. */
export class Sockets {
  readonly #options: SocketsOptions
  readonly #heartbeat = new Heartbeat()
  readonly #open = new Set<Connection>()
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
    if (!this.#started)
      throw new ProblemError(RealtimeErrors.REALTIME_STARTING, { headers: { 'retry-after': '1' } })
    if (this.#open.size >= maxSockets) {
      throw new ProblemError(RealtimeErrors.REALTIME_FULL, { headers: { 'retry-after': '2' } })
    }
  }

  /** Throws REALTIME_TOO_MANY_SOCKETS. */
  assertRoomFor(person: string): void {
    if (this.#isFullFor(person)) throw new ProblemError(RealtimeErrors.REALTIME_TOO_MANY_SOCKETS)
  }

  /** Takes over an open socket; it catches up from `lastEventId`, or is live at once without one. */
  accept(socket: WebSocket, { id, roles, exp }: TicketClaims, lastEventId: number | undefined): void {
    const { hub, readHistory, readBounds, now, limits, events } = this.#options
    // Others may have come in since the limits were looked at.
    if (this.#isFullFor(id) || this.#open.size >= limits.maxSockets)
      return socket.close(Closing.full.code, Closing.full.reason)
    const connection: Connection = new Connection(socket, audienceOf(id, roles), {
      ...{ hub, readHistory, readBounds, now, limits },
      onSent: (_entry, live) => events.onSent(live),
      onReplayFailed: events.onReplayFailed,
      onClosed: (why) => {
        this.#open.delete(connection)
        clearTimeout(expiry)
        pulse.leave()
        events.onClosed(why)
      },
    })
    this.#open.add(connection)
    const left = exp * 1_000 - now().getTime()
    const expiry = setTimeout(
      () => connection.close('expired'),
      Math.min(Math.max(left, 0), LONGEST_TIMER_MS),
    )
    const pulse = this.#heartbeat.join({ ping: () => socket.ping(), terminate: () => connection.terminate() })
    socket.on('pong', pulse.answered)
    void connection.start(lastEventId)
  }

  /** Tells everybody to connect elsewhere. */
  stop(): void {
    this.#started = false
    this.#heartbeat.stop()
    for (const connection of this.#open) connection.close('stopping')
  }

  #isFullFor(person: string): boolean {
    return this.#options.hub.socketsOf(person) >= this.#options.limits.maxPerPerson
  }
}
