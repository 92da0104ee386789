import { randomUUID } from 'node:crypto'

import test, { type ExecutionContext } from 'ava'

import { drop, type StreamClient } from '../helpers/client.ts'
import { createWorld, type Replica, type World } from '../helpers/world.ts'

const DROPS = 100
const PATIENTS = 10
const EVENTS = 3_000

/** Numbers that look random and are the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** One person who is dropped again and again, and goes on each time from the last id, on any replica. */
async function followThrough(
  replicas: Replica[],
  id: string,
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
    client = await replica.connect({ id }, lastEventId)
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
  const patients = Array.from({ length: PATIENTS }, (): string => randomUUID())
  const expected = new Map(patients.map((id) => [id, [] as string[]]))
  let published = false
  const publishing = (async () => {
    for (let sent = 0; sent < EVENTS; sent += 50) {
      const batch = Array.from({ length: 50 }, () => patients[Math.floor(random() * PATIENTS)] ?? '')
      const seqs = await Promise.all(
        batch.map(async (patientId) => world.publish({ doctorId: randomUUID(), patientId })),
      )
      batch.forEach((patientId, i) => expected.get(patientId)?.push(String(seqs[i])))
    }
    for (const seqs of expected.values()) seqs.sort((a, b) => Number(a) - Number(b))
    published = true
  })()
  const followers = patients.map(async (id) => {
    const end = () => (published ? expected.get(id)?.at(-1) : undefined)
    return followThrough(replicas, id, { drops: DROPS / PATIENTS, random, end, published: publishing })
  })
  const [results] = await Promise.all([Promise.all(followers), publishing])

  results.forEach(({ told, resets }, i) => {
    t.deepEqual(told, expected.get(patients[i] ?? ''))
    t.is(resets, 0)
  })
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
