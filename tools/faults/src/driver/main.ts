/**
 * The load, in a process of its own: a bounded number of patients who book, fight for slots, send keys twice and with
 * other bodies, cancel, and ask again under the same key when they were put off. Every answer becomes a line of the
 * file. When told to stop they finish what is open, ask for every decision that was promised, and send some old keys
 * once more.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

import { type Answer, OUTCOMES } from '../books/answer.ts'
import { createClient, type Question } from './client.ts'
import type { DriverMessage, Plan, Told } from './plan.ts'
import { createWishes, type Promised, type Seat } from './wishes.ts'

/** Old keys sent once more in the end. */
const REPLAYS = 200
/** Questions at a time in the end. */
const ABREAST = 20

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Plan
const out = createWriteStream(plan.file)
const stop = new AbortController()
const stopped = () => stop.signal.aborted
/** Questions whose answer stands. */
const kept: Question[] = []
let giveUpAt = Infinity
let told: Told[] = []

const now = () => performance.timeOrigin + performance.now()
const send = (message: DriverMessage) => process.send?.(message)

function note(answer: Answer): void {
  out.write(`${JSON.stringify(answer)}\n`)
  const { ask, doctorId, firstSentAt, at, status, outcome, code } = answer
  told.push({ ask, doctorId, firstSentAt, at, status, outcome, ...(code === undefined ? {} : { code }) })
}

const isDecided = ({ outcome }: Answer) => OUTCOMES[outcome] === 'decided'

const flushing = setInterval(() => {
  if (told.length > 0) send({ told })
  told = []
}, 50)

const client = createClient({
  urls: plan.urls,
  connections: Math.ceil(plan.seats / plan.urls.length),
  note,
  now,
  givingUp: () => now() > giveUpAt,
})
const wishes = createWishes({ town: plan.town, client, newId: randomUUID, random: Math.random })

/** Patients take turns on a seat, so that one is never in two places. */
async function sit(seatNumber: number): Promise<void> {
  const { town, tokens, seats, restMs } = plan
  const mine: Seat[] = []
  for (let index = seatNumber; index < town.patients.length; index += seats) {
    mine.push({
      patientId: town.patients[index] ?? '',
      token: tokens[index] ?? '',
      answered: [],
      standing: [],
    })
  }
  for (let turn = 0; !stopped(); turn++) {
    await delay(Math.random() * 2 * restMs, undefined, { signal: stop.signal }).catch(() => undefined)
    const seat = mine[turn % mine.length]
    if (seat !== undefined && !stopped()) await wishes.act(seat)
  }
}

async function abreast<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const run = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: ABREAST }, run))
}

/** Asks for the decision of a promise until there is one. What was lost stays lost: it is not sent again. */
async function learn({ id, question }: Promised): Promise<void> {
  const path = `/v1/booking-requests/${id}`
  const asking: Question = { ...question, ask: 'decision', method: 'GET', path, payload: undefined }
  while (!isDecided(await client.until(asking))) {
    if (now() > giveUpAt) return
    await delay(200)
  }
  kept.push(question)
}

process.on('message', () => {
  giveUpAt = now() + plan.patienceMs
  stop.abort()
})
process.on('disconnect', () => process.exit(1))

await Promise.all(Array.from({ length: plan.seats }, (_, seat) => sit(seat)))
await abreast(wishes.promised(), learn)
kept.push(...wishes.answered())
const step = Math.max(1, Math.floor(kept.length / REPLAYS))
await abreast(
  kept.filter((_, index) => index % step === 0),
  async (question) => {
    await client.until(question)
  },
)
clearInterval(flushing)
out.end()
await once(out, 'finish')
await client.close()
send({ done: true })
process.disconnect()
process.exit(0)
