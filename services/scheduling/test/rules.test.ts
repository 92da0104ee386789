import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { everything } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

const byRule = (rrule: string, more: object = {}) => ({ weekday: undefined, rrule, ...more })

test('a row by a rule comes on the rule’s dates, by the clinic’s clocks, without those taken out', async (t) => {
  const { doctorId, clinicId, post, windows } = await doctorAtClinic(world, { zone: 'Europe/Berlin' })
  // The clocks change on 2027-03-28, between the second Friday and the third.
  const body = rotaBody(doctorId, clinicId, {
    ...byRule('RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', { exdates: ['2027-03-26'] }),
    effectiveFrom: '2027-03-12',
    start: '09:00',
    end: '10:00',
  })
  const made = await post('/v1/rotas', body)
  t.is(made.statusCode, 201, made.body)
  t.like(made.json(), {
    weekday: null,
    rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR',
    exdates: ['2027-03-26'],
    hits: [],
    hitCount: 0,
    dryRun: false,
  })
  t.deepEqual(await windows('2027-03-01', '2027-04-30'), [
    '2027-03-12T08:00:00Z/2027-03-12T09:00:00Z',
    '2027-04-09T07:00:00Z/2027-04-09T08:00:00Z',
    '2027-04-23T07:00:00Z/2027-04-23T08:00:00Z',
  ])
})

test('a row may change from a weekday to a rule and back', async (t) => {
  const { doctorId, clinicId, headers, addRota, windows } = await doctorAtClinic(world)
  const { id } = await addRota()
  const put = async (payload: object, ifMatch: string) => {
    const body = { ...rotaBody(doctorId, clinicId, payload), doctorId: undefined }
    const url = `/v1/rotas/${id}`
    return world.app.inject({
      method: 'PUT',
      url,
      headers: { ...headers, 'if-match': ifMatch },
      payload: body,
    })
  }
  t.is((await put(byRule('FREQ=MONTHLY;BYDAY=1TU'), '"1"')).statusCode, 200)
  t.deepEqual(
    (await windows('2027-01-01', '2027-02-28')).map((window) => window.slice(0, 10)),
    ['2027-01-05', '2027-02-02'],
  )
  t.is((await put({}, '"2"')).statusCode, 200)
  t.is((await windows('2027-01-01', '2027-02-01')).length, 4)
})

test('a rule that meets another row is refused, and the row in the way is named', async (t) => {
  const { doctorId, clinicId, post, addRota } = await doctorAtClinic(world)
  const { id } = await addRota() // Mondays 08:00–12:00
  const clashing = rotaBody(doctorId, clinicId, byRule('FREQ=MONTHLY;BYMONTHDAY=1'))
  const answer = await post('/v1/rotas', clashing)
  t.is(answer.statusCode, 409)
  t.like(answer.json(), { code: 'SCHEDULING_ROTA_OVERLAP', clash: { id } })

  const rule = rotaBody(doctorId, clinicId, byRule('FREQ=MONTHLY;BYDAY=2TU'))
  t.is((await post('/v1/rotas', rule)).statusCode, 201)
  const tuesdays = await post('/v1/rotas', rotaBody(doctorId, clinicId, { weekday: 2 }))
  t.is(tuesdays.statusCode, 409)
  t.like(tuesdays.json(), { clash: { rrule: 'FREQ=MONTHLY;BYDAY=2TU' } })
})

test('rules that never meet stand side by side', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  const even = byRule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', { effectiveFrom: '2027-01-04' })
  const odd = byRule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', { effectiveFrom: '2027-01-11' })
  for (const rule of [even, odd])
    t.is((await post('/v1/rotas', rotaBody(doctorId, clinicId, rule))).statusCode, 201)
})

for (const [name, rrule] of [
  ['every second', 'FREQ=SECONDLY'],
  ['every minute', 'FREQ=MINUTELY;INTERVAL=5'],
  ['every hour', 'FREQ=HOURLY'],
  ['a million times', 'FREQ=DAILY;COUNT=1000000'],
  ['for a thousand years', 'FREQ=DAILY;UNTIL=30270101'],
  ['never', 'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2'],
  ['at hours of its own', 'FREQ=DAILY;BYHOUR=1,2,3,4,5,6'],
] as const) {
  test.serial(`a rule that comes ${name} is refused by name`, async (t) => {
    const { doctorId, clinicId, post } = await doctorAtClinic(world)
    const before = await everything(world.database.pool)
    const answer = await post('/v1/rotas', rotaBody(doctorId, clinicId, byRule(rrule)))
    t.is(answer.statusCode, 422)
    t.like(answer.json(), { code: 'SCHEDULING_RULE_REFUSED', errors: [{ field: 'rrule' }] })
    t.is(await everything(world.database.pool), before)
  })
}

test('a doctor has 24 rows by rules at most', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  const row = (day: number) =>
    rotaBody(doctorId, clinicId, {
      ...byRule('FREQ=DAILY;COUNT=1'),
      effectiveFrom: new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(0, 10),
    })
  for (let day = 0; day < 24; day++) t.is((await post('/v1/rotas', row(day))).statusCode, 201)
  const last = await post('/v1/rotas', row(24))
  t.is(last.statusCode, 422)
  t.like(last.json(), { code: 'SCHEDULING_LIMIT', errors: [{ field: 'rrule' }] })
})
