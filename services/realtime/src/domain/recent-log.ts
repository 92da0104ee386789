import { type Audience, concerns, type Parties, peopleOf } from './audience.ts'

/** One event as it will be sent. */
export interface LogEntry extends Parties {
  seq: number
  text: string
}

/**
 * The newest events of the stream, in memory: what nearly every reconnecting client has missed, without a question to
 * the broker. It holds everything with `floor < seq <= head`.
 */
export class RecentLog {
  readonly #capacity: number
  readonly #byPerson = new Map<string, LogEntry[]>()
  /** Ring of the entries in order; `#oldest` is the next to be dropped. */
  #ring: LogEntry[] = []
  #oldest = 0
  #floor: number
  #head: number

  /** Starts behind sequence `start`: nothing up to it is held. */
  constructor(capacity: number, start: number) {
    this.#capacity = capacity
    this.#floor = start
    this.#head = start
  }

  /** Sequence of the newest event taken. */
  get head(): number {
    return this.#head
  }

  /** Everything after this sequence is held. */
  get floor(): number {
    return this.#floor
  }

  /** True when all events after `seq` are held. */
  covers(seq: number): boolean {
    return seq >= this.#floor
  }

  /** Takes the next event; sequences only grow. */
  append(entry: LogEntry): void {
    this.#head = entry.seq
    const dropped = this.#ring[this.#oldest]
    if (dropped === undefined || this.#ring.length < this.#capacity) {
      this.#ring.push(entry)
    } else {
      this.#ring[this.#oldest] = entry
      this.#oldest = (this.#oldest + 1) % this.#capacity
      this.#drop(dropped)
    }
    for (const person of peopleOf(entry)) {
      const entries = this.#byPerson.get(person)
      if (entries === undefined) this.#byPerson.set(person, [entry])
      else entries.push(entry)
    }
  }

  /** A sequence without an event for anybody: an undecodable message, say. */
  skip(seq: number): void {
    this.#head = seq
  }

  /** What concerns the person after `seq`, oldest first. */
  after(audience: Audience, seq: number): LogEntry[] {
    const entries = this.#byPerson.get(audience.id) ?? []
    return entries.filter((entry) => entry.seq > seq && concerns(audience, entry))
  }

  /** Forgets everything: the stream was made anew and stands at `start`. */
  restart(start: number): void {
    this.#byPerson.clear()
    this.#ring = []
    this.#oldest = 0
    this.#floor = start
    this.#head = start
  }

  #drop(entry: LogEntry): void {
    this.#floor = entry.seq
    for (const person of peopleOf(entry)) {
      const entries = this.#byPerson.get(person)
      // The oldest of all is also the oldest of each person it concerns.
      entries?.shift()
      if (entries?.length === 0) this.#byPerson.delete(person)
    }
  }
}
