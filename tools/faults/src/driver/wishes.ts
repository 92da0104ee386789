import { setTimeout as delay } from 'node:timers/promises'

import { type Answer, OUTCOMES } from '../books/answer.ts'
import type { Client, Question } from './client.ts'
import { hotSlot, quietSlot, type Slot, type Town } from './town.ts'

/** Somebody who acts: one patient at a time. */
export interface Seat {
  patientId: string
  token: string
  /** Keys answered before, to ask again. */
  answered: Question[]
  /** Appointments that stand, to cancel. */
  standing: Promised[]
}

export interface Wishes {
  /** One wish of the seat, until its answers stand. */
  act: (seat: Seat) => Promise<void>
  /** Every key that was answered 202, with the id told. */
  promised: () => Promised[]
  /** Every key that has an answer that stands. */
  answered: () => Question[]
}

export interface Promised {
  id: string
  question: Question
}

export interface WishesOptions {
  town: Town
  client: Client
  newId: () => string
  /** Number in [0, 1). */
  random: () => number
}

/** How many patients meet at a hot slot. */
const CROWD = 12
const REMEMBERED = 20

/** What patients do, and how often of a hundred times. */
const SHARES = { quiet: 48, hot: 22, twice: 10, twisted: 5, again: 5, overlapping: 3, cancel: 7 } as const
type Wish = keyof typeof SHARES

export function createWishes({ town, client, newId, random }: WishesOptions): Wishes {
  const promised: Promised[] = []
  const answered: Question[] = []
  let quiet = 0
  let hot = 0

  const booking = (seat: Seat, slot: Slot, { key = newId(), body = 'only' } = {}): Question => {
    return {
      ask: 'book',
      patientId: seat.patientId,
      token: seat.token,
      key,
      body,
      doctorId: slot.doctorId,
      method: 'POST',
      path: '/v1/appointments',
      payload: {
        ...slot,
        serviceId: random() < 0.12 ? town.procedureId : town.visitId,
        // The key travels into the record, so that an effect can be told from outside by its key. Not always, because
        // requests without a message take a shorter way.
        ...(random() < 0.75 ? { message: key } : {}),
      },
    }
  }

  const settle = (seat: Seat, question: Question, answer: Answer) => {
    const { id } = answer
    if (id === undefined) return
    if (answer.outcome === 'queued') promised.push({ id, question })
    if (OUTCOMES[answer.outcome] !== 'decided') return
    answered.push(question)
    seat.answered = [question, ...seat.answered].slice(0, REMEMBERED)
    if (answer.status === 201) seat.standing = [{ id, question }, ...seat.standing].slice(0, REMEMBERED)
  }

  const book = async (seat: Seat, question: Question) => {
    settle(seat, question, await client.until(question))
  }

  const acts: Record<Wish, (seat: Seat) => Promise<void>> = {
    quiet: (seat) => book(seat, booking(seat, quietSlot(town, quiet++))),
    hot: (seat) => book(seat, booking(seat, hotSlot(town, Math.floor(hot++ / CROWD), random() < 0.2))),
    twice: async (seat) => {
      const question = booking(seat, quietSlot(town, quiet++))
      await Promise.all([book(seat, question), later(random() * 20, () => book(seat, question))])
    },
    twisted: async (seat) => {
      const key = newId()
      const first = booking(seat, quietSlot(town, quiet++), { key, body: 'first' })
      const other = booking(seat, quietSlot(town, quiet++), { key, body: 'second' })
      await Promise.all([book(seat, first), later(random() * 40, () => book(seat, other))])
    },
    again: async (seat) => {
      const question = pick(seat.answered, random)
      if (question !== undefined) await client.until(question)
    },
    overlapping: async (seat) => {
      // The same start with two doctors: both are free, the patient is not.
      quiet += quiet % town.doctors.length === town.doctors.length - 1 ? 1 : 0
      await Promise.all([quiet++, quiet++].map((n) => book(seat, booking(seat, quietSlot(town, n)))))
    },
    cancel: async (seat) => {
      const [one, ...others] = seat.standing
      if (one === undefined) return
      seat.standing = others
      const path = `/v1/appointments/${one.id}/cancel`
      await client.until({ ...one.question, ask: 'cancel', path, payload: {} })
    },
  }

  return {
    act: (seat) => acts[drawn(random())](seat),
    promised: () => promised,
    answered: () => answered,
  }
}

async function later(ms: number, act: () => Promise<void>): Promise<void> {
  await delay(ms)
  await act()
}

function pick<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)]
}

/** A wish by its share of a hundred. */
export function drawn(at: number): Wish {
  let rest = at * 100
  for (const [wish, share] of Object.entries(SHARES)) {
    rest -= share
    if (rest < 0) return wish as Wish
  }
  return 'quiet'
}
