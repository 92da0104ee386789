import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type EventEnvelope, namesOf, streamsOf } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { connectTestBroker, createTestDatabase, type Scope, testPrefix } from '@medqueue/testing'

import {
  appendEvents,
  ensureStream,
  type HandleEvent,
  type ProjectionOptions,
  startProjection,
} from '../../src/index.ts'

export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** An outbox, an inbox and a table `seen` in a database of their own, and streams under a prefix of their own. */
export async function world(scope: Scope) {
  const directory = await mkdtemp(join(tmpdir(), 'medqueue-messaging-'))
  scope.teardown(() => rm(directory, { recursive: true }))
  const sql = join(import.meta.dirname, '../../sql')
  const [outbox, inbox] = await Promise.all(
    ['outbox.sql', 'inbox.sql'].map((file) => readFile(join(sql, file), 'utf8')),
  )
  await writeFile(
    join(directory, '0001_all.sql'),
    `${outbox ?? ''}${inbox ?? ''}CREATE TABLE seen (n bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, subject text)`,
  )
  const { pool } = await createTestDatabase(scope, directory)
  const broker = await connectTestBroker(scope)
  const prefix = testPrefix(scope)
  await ensureStream(broker.jsm, streamsOf(prefix).directoryEvents)
  await ensureStream(broker.jsm, streamsOf(prefix).deadLetters)
  return { pool, broker, prefix, logger: silent }
}

export type World = Awaited<ReturnType<typeof world>>

export const event = (subject: string, version = 1): EventEnvelope => ({
  id: randomUUID(),
  type: 'directory.doctor.changed',
  source: 'test',
  subject,
  version,
  occurredAt: '2027-01-01T00:00:00Z',
  data: {},
})

export const append = ({ pool }: World, events: EventEnvelope[]) =>
  withTransaction(pool, (client) =>
    appendEvents(
      client,
      events.map((one) => ({ subject: `directory.doctor.${one.subject}`, event: one })),
    ),
  )

export async function project(
  world: World,
  handle: ProjectionOptions['handle'],
  more: Partial<ProjectionOptions> = {},
) {
  const { streams, subject } = namesOf(world.prefix)
  return startProjection({
    ...world,
    stream: streams.directoryEvents,
    durable: `test-${world.prefix}`,
    subjects: [subject('directory.>')],
    handle,
    ...more,
  })
}

export const record: HandleEvent = async (client, { id, subject }) => {
  await client.query('INSERT INTO seen (event_id, subject) VALUES ($1, $2)', [id, subject])
}
