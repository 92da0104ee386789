import type { FakeRequest, Verb } from './request.ts'

/** What goes wrong with a call. */
export type Fault =
  /** Refused with a status; the operation does not happen. */
  | { kind: 'status'; status: number; reason?: string; retryAfterSeconds?: number }
  /** The connection is reset before an answer; the operation does not happen. */
  | { kind: 'reset' }
  /** The operation happens, then the connection is reset: the client cannot know. */
  | { kind: 'lost-answer' }
  /** No answer ever comes; the connection stays. */
  | { kind: 'hang' }
  /** Answered with 200 and this text. */
  | { kind: 'text'; text: string }
  /** The first half of the answer, then a reset. */
  | { kind: 'half-answer' }

/** Which calls: all of the fields given must fit. */
export interface CallFilter {
  verb?: Verb | readonly Verb[]
  plural?: string
  name?: string
  subresource?: string
  manager?: string
  user?: string
}

/** A call that waits at the server's door, before anything happens. */
export interface HeldCall {
  /** Resolves when the call has arrived. */
  arrived: Promise<FakeRequest>
  /** Lets it in. */
  release: () => void
}

interface Planned {
  filter: CallFilter
  fault: Fault
  left: number
}

interface Hold {
  filter: CallFilter
  arrived: (request: FakeRequest) => void
  released: Promise<void>
}

export function fits(filter: CallFilter, request: FakeRequest): boolean {
  const { verb, ...rest } = filter
  const verbs = verb === undefined ? undefined : [verb].flat()
  if (verbs !== undefined && !verbs.includes(request.verb)) return false
  return Object.entries(rest).every(([field, value]) => request[field as keyof FakeRequest] === value)
}

/** Faults to come, in the order they were planned. */
export class FaultPlan {
  readonly #planned: Planned[] = []
  readonly #holds: Hold[] = []
  #held = 0

  /** Calls that are kept waiting on purpose. */
  get held(): number {
    return this.#held
  }

  /** The next `times` calls that fit fail in this way. */
  fail(filter: CallFilter, fault: Fault, times = 1): void {
    this.#planned.push({ filter, fault, left: times })
  }

  /** Every call that fits fails until the function returned is called. */
  failAlways(filter: CallFilter, fault: Fault): () => void {
    const planned = { filter, fault, left: Infinity }
    this.#planned.push(planned)
    return () => void (planned.left = 0)
  }

  /** The next call that fits waits. */
  hold(filter: CallFilter): HeldCall {
    const arrived = Promise.withResolvers<FakeRequest>()
    const released = Promise.withResolvers<undefined>()
    this.#holds.push({
      filter,
      arrived: arrived.resolve,
      released: released.promise as Promise<unknown> as Promise<void>,
    })
    return { arrived: arrived.promise, release: () => released.resolve(undefined) }
  }

  /** Waits if this call is to wait, then says what is to go wrong with it. */
  async judge(request: FakeRequest): Promise<Fault | undefined> {
    const index = this.#holds.findIndex(({ filter }) => fits(filter, request))
    const [hold] = index < 0 ? [] : this.#holds.splice(index, 1)
    if (hold !== undefined) {
      hold.arrived(request)
      await this.waiting(hold.released)
    }
    const planned = this.#planned.find(({ filter, left }) => left > 0 && fits(filter, request))
    if (planned === undefined) return undefined
    planned.left -= 1
    return planned.fault
  }

  /** Counts a call as kept waiting until the promise is settled. */
  async waiting(promise: Promise<void>): Promise<void> {
    this.#held += 1
    try {
      await promise
    } finally {
      this.#held -= 1
    }
  }
}
