import test, { type ExecutionContext } from 'ava'

import { createEventRecorder, type EventNote } from '../../src/index.ts'
import { events } from '../../src/internal.ts'
import { pool, pools, world } from '../helpers/world.ts'

const scaled = (note = 'Scaled from 1 to 4.'): EventNote => ({
  type: 'Normal',
  reason: 'ScaledUp',
  action: 'Scaling',
  note,
})

async function recording(t: ExecutionContext) {
  const surroundings = await world(t)
  const { client, clock, registry, server } = surroundings
  const reporter = { controller: 'example.dev/pool', instance: 'operator-0' }
  const recorder = createEventRecorder({ client, clock, registry, reporter })
  const about = server.seed(pools, pool('a'))
  return { ...surroundings, recorder, about, written: () => server.readAll(events) }
}

test('writes what happened to which object, and who says so', async (t) => {
  const { recorder, about, written } = await recording(t)
  recorder.record(about, scaled())
  await recorder.flush()

  const [event] = written()
  t.like(event, {
    type: 'Normal',
    reason: 'ScaledUp',
    action: 'Scaling',
    note: 'Scaled from 1 to 4.',
    reportingController: 'example.dev/pool',
    reportingInstance: 'operator-0',
    regarding: { kind: 'Pool', namespace: 'prod', name: 'a', uid: about.metadata.uid },
  })
  t.is(event?.metadata.namespace, 'prod')
  t.regex(event?.eventTime ?? '', /\.\d{6}Z$/)
})

test('makes a series of what is said again', async (t) => {
  const { recorder, about, written, clock, settled, metric } = await recording(t)
  for (let i = 0; i < 5; i += 1) recorder.record(about, scaled())
  await settled()
  clock.advance(10_000)
  await recorder.flush()
  recorder.record(about, scaled())
  await recorder.flush()

  t.is(written().length, 1)
  t.is(written()[0]?.series?.count, 6)
  t.is(await metric('operator_events_total', { outcome: 'counted' }), 5)
})

test('begins anew after six minutes of silence', async (t) => {
  const { recorder, about, written, clock } = await recording(t)
  recorder.record(about, scaled())
  clock.advance(361_000)
  recorder.record(about, scaled())
  await recorder.flush()

  t.is(written().length, 2)
})

test('does not let one object flood the server', async (t) => {
  const { recorder, about, written, clock, metric, server } = await recording(t)
  for (let i = 0; i < 100; i += 1) recorder.record(about, scaled(`Scaled to ${i}.`))
  recorder.record(server.seed(pools, pool('b')), scaled())
  await recorder.flush()
  t.is(written().length, 26)
  t.is(await metric('operator_events_total', { outcome: 'dropped' }), 75)

  clock.advance(24_000)
  for (let i = 0; i < 5; i += 1) recorder.record(about, scaled(`Scaled again to ${i}.`))
  await recorder.flush()

  t.is(written().length, 28)
})

test('goes on after a write that failed', async (t) => {
  const { recorder, about, written, server, metric } = await recording(t)
  server.faults.fail({ plural: 'events' }, { kind: 'status', status: 500 })
  recorder.record(about, scaled('First.'))
  recorder.record(about, scaled('Second.'))
  await recorder.flush()

  t.deepEqual(
    written().map(({ note }) => note),
    ['Second.'],
  )
  t.is(await metric('operator_events_total', { outcome: 'failed' }), 1)
})

test('writes an event anew that could not be written the first time', async (t) => {
  const { recorder, about, written, server, clock, settled } = await recording(t)
  server.faults.fail({ plural: 'events' }, { kind: 'status', status: 429, retryAfterSeconds: 1 })
  recorder.record(about, scaled())
  recorder.record(about, scaled())
  await recorder.flush()
  t.is(written().length, 0)

  recorder.record(about, scaled())
  await recorder.flush()
  recorder.record(about, scaled())
  await settled()
  clock.advance(10_000)
  await recorder.flush()

  t.deepEqual(
    written().map(({ series }) => series?.count),
    [2],
  )
})

test('writes an event anew that the server has let go', async (t) => {
  const { recorder, about, written, server } = await recording(t)
  recorder.record(about, scaled())
  await recorder.flush()
  for (const { metadata } of written()) {
    server.remove(events, { name: metadata.name, namespace: metadata.namespace ?? '' })
  }
  recorder.record(about, scaled())
  await recorder.flush()
  t.is(written().length, 0)

  recorder.record(about, scaled())
  await recorder.flush()
  t.is(written().length, 1)
})

test('cuts a note that is too long between characters', async (t) => {
  const { recorder, about, written } = await recording(t)
  recorder.record(about, scaled('ö'.repeat(2_000)))
  await recorder.flush()

  const note = written()[0]?.note ?? ''
  t.true(Buffer.byteLength(note) <= 1_024)
  t.regex(note, /^ö+…$/)
})

test('puts events of cluster-scoped objects into the default namespace', async (t) => {
  const { recorder, written } = await recording(t)
  recorder.record({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } }, scaled())
  await recorder.flush()

  t.is(written()[0]?.metadata.namespace, 'default')
})
