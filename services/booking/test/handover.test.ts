import { randomUUID } from 'node:crypto'

import { namesOf, partitionOf } from '@medqueue/contracts'
import { Alarm } from '@medqueue/messaging'
import test from 'ava'
import pg from 'pg'

import { encodeBatch } from '../src/intake/encoding.ts'
import { fingerprintOf, requestIdOf } from '../src/intake/request-id.ts'
import { advanceLeases } from '../src/store/advance-leases.ts'
import type { Worker } from '../src/worker/worker.ts'
import { createWorld, type World } from './helpers/world.ts'

/** Who waits for a round waits longer than any test. */
const leaseTtlMs = 3_600_000
const PATIENCE_MS = 60_000

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await turn()
}

/** A doctor of the partition; nobody knows him, so that what is asked of him is refused, which is a decision too. */
function doctorOf(partition: number, partitions: number): string {
  for (;;) {
    const id = randomUUID()
    if (partitionOf(id, partitions) === partition) return id
  }
}

/** Stores a request in a partition; resolves to its id. */
async function request({ broker, people, prefix, slot }: World, partition: number, of = 4): Promise<string> {
  const patientId = people.patients[0] ?? ''
  const order = {
    doctorId: doctorOf(partition, of),
    serviceId: people.consultation,
    patientId,
    startSeconds: Date.parse(slot(0)) / 1_000,
  }
  const id = requestIdOf(patientId, randomUUID())
  const queued = {
    ...order,
    id,
    fingerprint: fingerprintOf(order),
    principalId: patientId,
    traceparent: '',
  }
  await broker.js.publish(
    namesOf(prefix).subjects.bookingRequests(partition),
    encodeBatch('nobody', 1, [queued]),
  )
  return id
}

async function decided({ pool }: World, ids: readonly string[]): Promise<void> {
  await until(async () => {
    const found = await pool.query('SELECT 1 FROM booking_request WHERE id = ANY ($1::uuid[])', [ids])
    return found.rowCount === ids.length
  })
}

const requestEverywhere = async (world: World) =>
  Promise.all([0, 1, 2, 3].map(async (partition) => request(world, partition)))

const held = (workers: readonly Worker[]) => workers.map((worker) => worker.partitions().length)

test('who comes gets its share, and who goes gives all back, long before the next round', async (t) => {
  t.timeout(PATIENCE_MS)
  const world = await createWorld(t)
  const first = world.work({ leaseTtlMs })
  await until(() => first.partitions().length === 4)

  const second = world.work({ leaseTtlMs })
  await until(() => held([first, second]).every((count) => count === 2))
  await decided(world, await requestEverywhere(world))

  await first.stop()
  await until(() => second.partitions().length === 4)
  await decided(world, await requestEverywhere(world))
  t.pass()
})

test('workers that come and go together share everything, each partition with one of them', async (t) => {
  t.timeout(PATIENCE_MS)
  const world = await createWorld(t)
  const first = world.work({ leaseTtlMs })
  await until(() => first.partitions().length === 4)

  const others = [1, 2, 3].map(() => world.work({ leaseTtlMs }))
  await until(() => held([first, ...others]).every((count) => count === 1))
  const all = [first, ...others].flatMap((worker) => worker.partitions())
  t.deepEqual(all.sort(), [0, 1, 2, 3])

  await Promise.all(others.map(async (worker) => worker.stop()))
  await until(() => first.partitions().length === 4)
  await decided(world, await requestEverywhere(world))
})

test('a partition in the middle of a batch is handed over when its batch is done, and the batch counts', async (t) => {
  t.timeout(PATIENCE_MS)
  const world = await createWorld(t)
  const options = { leaseTtlMs, partitions: 2, lanes: 1 }
  const [begun, open] = [new Alarm(), new Alarm()]
  const counted = Promise.withResolvers<boolean>()
  const first = world.work({
    ...options,
    owner: 'first',
    advance: async (client, advances) => {
      // The first batch waits until requests of both partitions have come: they are one batch then.
      if (advances.length === 1) await until(() => first.load().depth === 2)
      else {
        begun.ring()
        await open.wait(leaseTtlMs)
        counted.resolve(advanceLeases(client, advances))
        return counted.promise
      }
      return advanceLeases(client, advances)
    },
  })
  await until(() => first.partitions().length === 2)
  const ids = [await request(world, 0, 2)]
  await until(() => first.load().inflight === 1)
  ids.push(await request(world, 0, 2), await request(world, 1, 2))
  await begun.wait(leaseTtlMs)
  const before = await renewedAt(world, 'first')

  const second = world.work(options)
  await until(async () => (await renewedAt(world, 'first')) > before)
  t.deepEqual(held([first, second]), [2, 0])
  open.ring()

  t.true(await counted.promise, 'its leases were still its own')
  await until(() => held([first, second]).every((count) => count === 1))
  await decided(world, ids)
})

/** Until when the worker has said that it lives; Unix milliseconds. */
async function renewedAt({ pool }: World, owner: string): Promise<number> {
  const { rows } = await pool.query<{ expires_at: Date }>(
    'SELECT expires_at FROM booking_worker WHERE owner = $1',
    [owner],
  )
  return rows[0]?.expires_at.getTime() ?? 0
}

test('a lease that runs out in the middle of a round is leased anew, and its first reader ends', async (t) => {
  const world = await createWorld(t)
  const { pool, database, broker, prefix } = world
  // One partition is somebody else's, so that there is always one more wanted; ours run out as soon as they are renewed.
  await pool.query(
    `INSERT INTO partition_lease (partition, owner, expires_at) VALUES (3, 'other', now() + interval '1 h')`,
  )
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query(
    `CREATE FUNCTION run_out() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN NEW.expires_at := now() - interval '1 s'; RETURN NEW; END $$;
     CREATE TRIGGER run_out BEFORE UPDATE ON partition_lease FOR EACH ROW WHEN (NEW.owner <> 'other') EXECUTE FUNCTION run_out()`,
  )
  await owner.end()

  const worker = world.work({ leaseTtlMs: 30 })
  await until(async () => {
    const { rows } = await pool.query<{ epoch: string }>('SELECT max(epoch) AS epoch FROM partition_lease')
    return Number(rows[0]?.epoch) >= 5
  })
  await worker.stop()

  const readers = await broker.jsm.consumers.list(namesOf(prefix).streams.bookingRequests).next()
  t.deepEqual(
    readers.map(({ config }) => config.filter_subject),
    [],
  )
})
