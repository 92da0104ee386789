import { concerns, type Parties, peopleOf } from '../domain/audience.ts'
import { type LogEntry, RecentLog } from '../domain/recent-log.ts'

/** A socket in the eyes of the hub. */
export interface Subscriber {
  readonly audience: { id: string; asDoctor: boolean }
  /** A new event that concerns the subscriber, in stream order. */
  deliver: (entry: LogEntry) => void
  /** The stream was made anew: sequences start over behind `seq`. */
  restart: (seq: number) => void
}

/**
 * Hands each event of the stream to the sockets of the people it concerns, and keeps the newest for those who come
 * back. One for each replica.
 */
export class Hub {
  readonly recent: RecentLog
  readonly #byPerson = new Map<string, Set<Subscriber>>()
  #size = 0

  /** `capacity`: how many events are kept in memory. */
  constructor(capacity: number) {
    this.recent = new RecentLog(capacity, 0)
  }

  /** Sockets of all people. */
  get size(): number {
    return this.#size
  }

  attach(subscriber: Subscriber): void {
    const { id } = subscriber.audience
    const sockets = this.#byPerson.get(id) ?? new Set()
    this.#byPerson.set(id, sockets.add(subscriber))
    this.#size += 1
  }

  detach(subscriber: Subscriber): void {
    const { id } = subscriber.audience
    const sockets = this.#byPerson.get(id)
    if (sockets?.delete(subscriber) !== true) return
    this.#size -= 1
    if (sockets.size === 0) this.#byPerson.delete(id)
  }

  /** The next event of the stream. */
  publish(entry: LogEntry): void {
    this.recent.append(entry)
    for (const subscriber of this.#concerned(entry)) subscriber.deliver(entry)
  }

  /** A message of the stream that is for nobody. */
  skip(seq: number): void {
    this.recent.skip(seq)
  }

  /** The stream stands at `seq`, and nothing before it is known: at the start, or because it was made anew. */
  restart(seq: number): void {
    this.recent.restart(seq)
    for (const subscriber of this.subscribers()) subscriber.restart(seq)
  }

  /** A copy: sockets may close while it is walked through. */
  subscribers(): Subscriber[] {
    return [...this.#byPerson.values()].flatMap((sockets) => [...sockets])
  }

  /** Each socket once, also where one person is more than one party. */
  #concerned(parties: Parties): Subscriber[] {
    const sockets = peopleOf(parties).flatMap((person) => [...(this.#byPerson.get(person) ?? [])])
    return sockets.filter(({ audience }) => concerns(audience, parties))
  }
}
