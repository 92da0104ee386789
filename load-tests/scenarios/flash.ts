/**
 * Everybody comes in the moment in which slots are released: into the waiting room, where each waits for the turn; who is
 * let in searches, holds and books. With ROOM=off the same people book at once.
 */
import {
  book,
  type Client,
  clientOf,
  count,
  hold,
  newKey,
  oneOf,
  optionsOf,
  patientNumber,
  pause,
  search,
  settings,
  sleepUntil,
  type Slot,
  type Start,
  waitForAll,
  writeSummary,
} from '../lib/k6/kit.ts'
import { joinRoom, openRoom, type Standing, standing } from '../lib/k6/room.ts'
import { weekOfDoctor } from '../lib/k6/searches.ts'

const LAST_REQUESTS = 60

export const options = optionsOf(settings.ramp + settings.hold + LAST_REQUESTS)
export const setup = waitForAll
export const handleSummary = writeSummary

/** Whether everybody goes through the waiting room. */
const isRoom = __ENV.ROOM === 'on'

const MOST_TRIES = 4
/** Before the first patient comes, so that every replica knows of it. */
const OPEN_BEFORE_MS = 2_000

export default function patient(start: Start): void {
  live(start)
  count('left')
}

function live(start: Start): void {
  const number = patientNumber()
  if (isRoom && number === 0) {
    sleepUntil(start.at)
    openRoom()
  }
  const end = start.at + (settings.ramp + settings.hold) * 1_000
  sleepUntil(start.at + OPEN_BEFORE_MS + Math.random() * settings.ramp * 1_000)
  count('patient')
  const client = isRoom ? letIn(clientOf(number), end) : clientOf(number)
  if (client !== undefined) visit(client)
}

/** Waits for the turn, asking again when the room says; undefined when it did not come in time. */
function letIn(client: Client, end: number): Client | undefined {
  const joined = joinRoom(client)
  if (joined === undefined) return undefined
  const mine = { ...client, ticket: joined.ticket }
  for (let now: Standing | undefined = joined; now !== undefined; now = standing(mine)) {
    if (now.status === 'admitted' || now.status === 'not-needed') return mine
    if (now.status === 'over' || Date.now() >= end) break
    pauseOf(now.askAgainSeconds ?? 5)
  }
  count('not-let-in')
  return undefined
}

const pauseOf = (seconds: number) => sleepUntil(Date.now() + seconds * 1_000)

/** Finds a slot, holds it, thinks, and books it; another one when somebody was first. */
function visit(client: Client): void {
  let slot = oneOf<Slot>(search(client, weekOfDoctor()))
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (slot === undefined) {
      slot = oneOf<Slot>(search(client, weekOfDoctor()))
      continue
    }
    pause(2)
    const holdId = hold(client, slot)
    if (holdId === undefined) {
      slot = undefined
      continue
    }
    pause(2)
    if (book(client, slot, newKey(), holdId).outcome === 'booked') return
    slot = undefined
  }
  count('gave-up')
}
