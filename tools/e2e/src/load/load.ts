import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { type Answer, type Client, createClient, OUTCOMES, type Question } from '@medqueue/faults'
import type { Slot } from '@medqueue/load-tests/slots'

import type { Patient } from './patients.ts'
import { ask, READS, ReadTally } from './reads.ts'

export interface LoadOptions {
  /** The ingress. */
  base: URL
  patients: readonly Patient[]
  /** Free ones that do not overlap. */
  slots: readonly Slot[]
  /** Bookings a second. */
  rate: number
  /** Also reads something of every service, this often a second. */
  reads?: number
}

/** Patients who come at a steady rate, whatever the answers: each books, learns the decision, and cancels. */
export interface Load {
  /** Every answer so far, in the order in which they came. */
  readonly answers: readonly Answer[]
  readonly reads: ReadTally
  /** Requests without a decision yet. */
  open: () => number
  /** One patient more, now: books, learns the decision, cancels. */
  visit: () => Promise<void>
  /** Sends no more, and resolves when each request has its decision, or the time to wait is over. */
  finish: () => Promise<void>
}

const CONNECTIONS = 256
/** Between a booking and its cancellation; milliseconds. */
const STAY_MS = 500
/** Between two questions for a decision that was promised; milliseconds. */
const ASK_AGAIN_MS = 250
/** Open requests are waited for so long after the end; milliseconds. */
const PATIENCE_MS = 90_000

export function startLoad(options: LoadOptions): Load {
  const answers: Answer[] = []
  const tally = new ReadTally()
  let giveUpAt = Infinity
  const now = () => performance.timeOrigin + performance.now()
  const givingUp = () => now() > giveUpAt
  const client = createClient({
    urls: [options.base.origin],
    connections: CONNECTIONS,
    note: (answer) => void answers.push(answer),
    now,
    givingUp,
  })
  const asker: Asker = { client, givingUp }
  let turn = 0
  const one = async () => visit(asker, questionOf(options, turn++))
  const bookings = every(options.rate, one)
  const reads = every(options.reads ?? 0, async (turn) => {
    const read = READS[turn % READS.length]
    if (read !== undefined) tally.note(read, await ask(options.base, read))
  })
  return {
    answers,
    reads: tally,
    open: () => bookings.open(),
    visit: one,
    finish: async () => {
      giveUpAt = now() + PATIENCE_MS
      await Promise.all([bookings.stop(), reads.stop()])
      await client.close()
    },
  }
}

/** Who asks, until it is no use any more. */
export interface Asker {
  client: Client
  givingUp: () => boolean
}

interface Stream {
  open: () => number
  stop: () => Promise<void>
}

/** Begins one piece of work after the other at a steady rate, without waiting for any. */
function every(perSecond: number, work: (turn: number) => Promise<void>): Stream {
  const running = new Set<Promise<void>>()
  const begun = performance.now()
  let turn = 0
  const begin = () => {
    // A timer that comes late is made up for.
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond)
    for (; turn < due; turn++) {
      const one = work(turn).finally(() => running.delete(one))
      running.add(one)
    }
  }
  const timer = perSecond === 0 ? undefined : setInterval(begin, 10)
  return {
    open: () => running.size,
    stop: async () => {
      clearInterval(timer)
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function questionOf({ patients, slots }: LoadOptions, turn: number): Question {
  const patient = patients[turn % patients.length]
  const slot = slots[turn % slots.length]
  if (patient === undefined || slot === undefined) throw new RangeError('there are no patients or no slots')
  return bookingOf(patient, slot)
}

/** One patient asks for one slot, under a new key. */
function bookingOf(patient: Patient, { doctorId, serviceId, start }: Slot): Question {
  return {
    ask: 'book',
    patientId: patient.id,
    token: patient.token,
    key: randomUUID(),
    body: 'only',
    doctorId,
    method: 'POST',
    path: '/v1/appointments',
    payload: { doctorId, serviceId, start },
  }
}

/** Books, learns the decision, and gives the slot back, so that the demonstration is left as it was. */
async function visit(asker: Asker, question: Question): Promise<void> {
  const { client } = asker
  const answer = await client.until(question)
  const decided = answer.outcome === 'queued' ? await learn(asker, question, answer) : answer
  const { id, outcome } = decided
  if (id === undefined || (outcome !== 'booked' && outcome !== 'pending')) return
  await delay(STAY_MS)
  await client.until({ ...question, ask: 'cancel', path: `/v1/appointments/${id}/cancel`, payload: {} })
}

/** Asks for the decision of a promise until there is one, or asking is given up. */
async function learn({ client, givingUp }: Asker, question: Question, { id = '' }: Answer): Promise<Answer> {
  const path = `/v1/booking-requests/${id}`
  const asking: Question = { ...question, ask: 'decision', method: 'GET', path, payload: undefined }
  for (;;) {
    const answer = await client.until(asking)
    if (OUTCOMES[answer.outcome] !== 'promised' || givingUp()) return answer
    await delay(ASK_AGAIN_MS)
  }
}
