import { randomUUID } from 'node:crypto'

import test from 'ava'

import { finds } from './helpers/expect.ts'
import { buildWorld } from './helpers/world.ts'

test('a request decided before the one ahead of it is found', async (t) => {
  const world = await buildWorld(t)
  await world.ask({ seq: 1, decidedAt: 5 })
  await world.ask({ seq: 2, decidedAt: 4 })
  await world.ask({ seq: 3, decidedAt: 6 })
  finds(t, await world.audit(), { decided_out_of_order: 1 })
})

test('places within one message are an order, too', async (t) => {
  const world = await buildWorld(t)
  await world.ask({ seq: 1, pos: 1, decidedAt: 1 })
  await world.ask({ seq: 1, pos: 0, decidedAt: 2 })
  finds(t, await world.audit(), { decided_out_of_order: 1 })
})

test('two requests in one place are found', async (t) => {
  const world = await buildWorld(t)
  await world.ask({ seq: 4, pos: 2, decidedAt: 1 })
  await world.ask({ seq: 4, pos: 2, decidedAt: 1 })
  finds(t, await world.audit(), { place_used_twice: 1 })
})

test('a decision beyond the committed place is found', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('UPDATE partition_lease SET committed_seq = 7')
  await world.ask({ seq: 7 })
  await world.ask({ seq: 8 })
  finds(t, await world.audit(), { decided_beyond_committed: 1 })
})

test('a request refused for one that came later is found', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  await world.ask({ doctor, seq: 1, decidedAt: 1, decision: 'refused', reason: 'slot_taken' })
  const later = await world.ask({ doctor, seq: 2, decidedAt: 1 })
  const report = await world.audit()
  finds(t, report, { overtaken: 1 })
  const [example] = report.findings.find(({ kind }) => kind === 'overtaken')?.examples ?? []
  t.like(example, { by: later.id, place: '0:1:0', byPlace: '0:2:0' })
})

test('an earlier appointment that was cancelled long before is no excuse', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  const first = await world.ask({ doctor, seq: 1, decidedAt: 1 })
  await world.cancel(first, 2)
  await world.ask({ doctor, seq: 2, decidedAt: 60, decision: 'refused', reason: 'slot_taken' })
  await world.ask({ doctor, seq: 3, decidedAt: 60 })
  finds(t, await world.audit(), { overtaken: 1 })
})

test('an earlier appointment that was cancelled only afterwards is the cause', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  const first = await world.ask({ doctor, seq: 1, decidedAt: 1 })
  await world.ask({ doctor, seq: 2, decidedAt: 10, decision: 'refused', reason: 'slot_taken' })
  await world.cancel(first, 20)
  await world.ask({ doctor, seq: 3, decidedAt: 60 })
  finds(t, await world.audit(), {})
})

test('a refusal with nothing in the way is found', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  await world.ask({ doctor, at: 600, seq: 1, decidedAt: 1 })
  await world.ask({ doctor, at: 540, seq: 2, decidedAt: 2, decision: 'refused', reason: 'slot_taken' })
  await world.ask({ seq: 3, decidedAt: 3, decision: 'refused', reason: 'patient_overlap' })
  finds(t, await world.audit(), { refused_without_cause: 2 })
})

test('the buffer of the visit asked for may be what is in the way', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  await world.ask({ doctor, at: 560 })
  await world.ask({ doctor, at: 540, decision: 'refused', reason: 'slot_taken' })
  finds(t, await world.audit(), {})
})

test('a request refused in the name of the slot for its own patient is told by neither', async (t) => {
  const world = await buildWorld(t)
  const [doctor, patient] = [randomUUID(), randomUUID()]
  await world.ask({ patient, at: 540, seq: 1, decidedAt: 1 })
  await world.ask({
    doctor,
    patient,
    at: 540,
    seq: 2,
    decidedAt: 2,
    decision: 'refused',
    reason: 'slot_taken',
  })
  await world.ask({ doctor, at: 540, seq: 3, decidedAt: 2 })
  finds(t, await world.audit(), {})
})

test('a stream made anew starts its sequences over', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  await world.ask({ doctor, seq: 900, decidedAt: -7_200 })
  await world.ask({ doctor, seq: 1, decidedAt: 1, decision: 'refused', reason: 'slot_taken' })
  finds(t, await world.audit(), {})
})
