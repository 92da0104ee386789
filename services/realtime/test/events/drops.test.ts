import { randomUUID } from 'node:crypto'

import test, { type ExecutionContext } from 'ava'

import { drop, patiently, type StreamClient } from '../helpers/client.ts'
import { createWorld, type Pair, type Person, type Replica, type World } from '../helpers/world.ts'

const DROPS = 100
const PEOPLE = 10
const EVENTS = 3_000
const TYPES = [
  'requested',
  'approved',
  'held',
  'expired',
  'declined',
  'cancelled',
  'moved',
  'started',
] as const

/** Numbers that look random and are the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Happening {
  type: string
  pair: Pair
  /** The doctor before, of a move. */
  previous: string | undefined
}

/** Half of the people are doctors, who are patients at times; a third of the moves stay with their doctor. */
function happening(people: readonly Person[], random: () => number): Happening {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const doctors = people.filter(({ roles }) => roles?.includes('doctor'))
  const [doctorId, patientId] = [pick(doctors).id, pick(people).id]
  const type = pick(TYPES)
  const before = random() < 1 / 3 ? doctorId : pick(doctors).id
  return { type, pair: { doctorId, patientId }, previous: type === 'moved' ? before : undefined }
}

const isFor = (person: Person | undefined, happening: Happening | undefined): boolean => {
  if (person === undefined || happening === undefined) return false
  const { pair, previous } = happening
  const asDoctor = person.roles?.includes('doctor') === true
  return pair.patientId === person.id || (asDoctor && [pair.doctorId, previous].includes(person.id))
}

/** One person who is dropped again and again, and goes on each time from the last id, on any replica. */
async function followThrough(
  replicas: Replica[],
  person: Person,
  options: {
    drops: number
    random: () => number
    end: () => string | undefined
    published: Promise<unknown>
  },
) {
  const told: string[] = []
  let resets = 0
  let client: StreamClient | undefined
  let lastEventId: string | undefined = '0'
  const connect = async () => {
    const replica = replicas[Math.floor(options.random() * replicas.length)]
    if (replica === undefined) throw new Error('no replica')
    client = await patiently(async () => replica.connect(person, lastEventId))
    return client
  }
  const keep = (from: StreamClient) => {
    told.push(...from.events().map((message) => message.id))
    resets += from.messages.filter(({ type }) => type === 'reset').length
    lastEventId = from.lastEventId() ?? lastEventId
  }
  // `ready` carries the head of the stream, which may lie beyond this person's last event.
  const isThrough = (from: StreamClient) =>
    Number(from.lastEventId() ?? lastEventId) >= Number(options.end() ?? Infinity)
  for (let i = 0; i < options.drops; i++) {
    const current = await connect()
    const wanted = Math.floor(options.random() * 40)
    const enough = () => current.events().length >= wanted || isThrough(current)
    await current.until(enough, options.published)
    await drop(current)
    keep(current)
  }
  const last = await connect()
  await last.until(() => isThrough(last), options.published)
  keep(last)
  return { told, resets }
}

async function storm(t: ExecutionContext, world: World, replicas: Replica[]): Promise<void> {
  const random = randomFrom(20_270_301)
  const people = Array.from({ length: PEOPLE }, (_, i): Person => {
    return { id: randomUUID(), roles: i % 2 === 0 ? ['doctor'] : ['patient'] }
  })
  const expected = people.map((): number[] => [])
  let published = false
  const publishing = (async () => {
    for (let sent = 0; sent < EVENTS; sent += 50) {
      const batch = Array.from({ length: 50 }, () => happening(people, random))
      const seqs = await Promise.all(batch.map(async (one) => publish(world, one)))
      expected.forEach((list, j) => list.push(...seqs.filter((_, i) => isFor(people[j], batch[i]))))
    }
    for (const seqs of expected) seqs.sort((a, b) => a - b)
    published = true
  })()
  const followers = people.map(async (person, i) => {
    const end = () => (published ? String(expected[i]?.at(-1)) : undefined)
    return followThrough(replicas, person, { drops: DROPS / PEOPLE, random, end, published: publishing })
  })
  const [results] = await Promise.all([Promise.all(followers), publishing])

  results.forEach(({ told, resets }, i) => {
    t.deepEqual(told, expected[i]?.map(String))
    t.is(resets, 0)
  })
}

async function publish(world: World, { type, pair, previous }: Happening): Promise<number> {
  const times = { start: '2027-03-01T09:00:00Z', end: '2027-03-01T09:30:00Z' }
  const moved = previous === undefined ? {} : { previous: { doctorId: previous, ...times } }
  return world.publishAs(type, pair, moved)
}

test('a hundred sockets dropped in mid-stream lose nothing, and nothing comes twice or out of order', async (t) => {
  const world = await createWorld(t)
  await storm(t, world, [await world.start(), await world.start()])
})

test('the same holds when nearly everything must be read again from the broker', async (t) => {
  const world = await createWorld(t)
  const env = { RECENT_EVENTS: '16' }
  await storm(t, world, [await world.start({ env }), await world.start({ env })])
})
