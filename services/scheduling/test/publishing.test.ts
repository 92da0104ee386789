import { startOutboxRelay } from '@medqueue/messaging'
import test from 'ava'

import { createStreams } from './helpers/broker.ts'
import type { WindowsEvent } from './helpers/outbox.ts'
import { doctorAtClinic } from './helpers/rotas.ts'
import { createWorld, silent } from './helpers/world.ts'

test('what is changed over HTTP arrives in the stream, under the trace of the request', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, names } = await createStreams(t)
  const relay = startOutboxRelay({ pool: world.database.pool, broker, prefix, logger: silent })
  t.teardown(async () => relay.stop())
  const { doctorId, clinicId, headers, addRota, addException } = await doctorAtClinic(world)
  await addRota()
  await addException({ kind: 'closed', date: '2027-01-11', reason: 'Away' })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  await world.app.inject({
    method: 'POST',
    url: '/v1/rota-exceptions',
    headers: { ...headers, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    payload: { doctorId, clinicId, kind: 'open', date: '2027-01-12', start: '08:00', end: '09:00' },
  })
  await relay.drained()

  const subject = names.subjects.windows(doctorId)
  const { state } = await broker.jsm.streams.info(names.streams.scheduleEvents, { subjects_filter: subject })
  t.is(state.messages, 3)
  const stored = await broker.jsm.streams.getMessage(names.streams.scheduleEvents, { last_by_subj: subject })
  const event = stored?.json<WindowsEvent>()
  t.is(event?.version, 3)
  t.is(event?.traceparent?.slice(3, 35), traceId)
  t.deepEqual(
    event?.data.windows.slice(0, 3).map(({ start }) => start),
    ['2027-01-04T11:00:00Z', '2027-01-12T11:00:00Z', '2027-01-18T11:00:00Z'],
  )
})
