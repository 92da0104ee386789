import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  const body = {
    doctorId: world.people.doctors[0],
    serviceId: world.people.consultation,
    start: world.slot(0),
  }
  await world.book(body)
})

test('nothing is taken out of the record, and nothing in the log is changed', async (t) => {
  const statements = [
    'DELETE FROM appointment',
    'TRUNCATE appointment',
    'DELETE FROM appointment_event',
    'UPDATE appointment_event SET version = 9',
    'TRUNCATE appointment_event',
  ]
  for (const statement of statements) await t.throwsAsync(world.pool.query(statement))
  const { rows } = await world.pool.query(
    'SELECT 1 FROM appointment a JOIN appointment_event e ON e.appointment_id = a.id AND e.version = 1',
  )
  t.is(rows.length, 1)
})

test('a change by hand is in the log like any other, and one that keeps the version is refused', async (t) => {
  await t.throwsAsync(world.pool.query(`UPDATE appointment SET reason = 'by hand'`), {
    message: /appointment_event_appointment_id_version_key/,
  })
  await world.pool.query(`UPDATE appointment SET reason = 'by hand', version = version + 1`)
  const { rows } = await world.pool.query<{ reason: string }>(
    `SELECT appointment->>'reason' AS reason FROM appointment_event ORDER BY seq DESC LIMIT 1`,
  )
  t.is(rows[0]?.reason, 'by hand')
})
