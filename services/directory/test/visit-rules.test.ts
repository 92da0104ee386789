import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { clinic, plant, specialty } from './helpers/network.ts'
import { waiting } from './helpers/outbox.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
const care = specialty()
const place = clinic()

test.before(async () => {
  world = await createWorld(scope)
  await plant(world.database.pool, { specialties: [care], clinics: [place] })
})

const before = () => ({
  name: `Service ${randomUUID()}`,
  durationMinutes: 20,
  bufferAfterMinutes: 0,
  alignmentMinutes: 20,
  minimumNoticeMinutes: 0,
  horizonDays: 90,
  approval: 'automatic',
})
const defaults = {
  bufferBeforeMinutes: 0,
  capacity: 1,
  roomKind: null,
  deviceKind: null,
  cancelNoticeMinutes: 0,
  approvalTimeoutMinutes: 1_440,
  maxOpen: null,
  requestFields: [],
}
const rules = {
  bufferBeforeMinutes: 10,
  capacity: 12,
  roomKind: 'group-room',
  deviceKind: 'ultrasound',
  cancelNoticeMinutes: 1_440,
  approvalTimeoutMinutes: 120,
  maxOpen: 3,
  requestFields: [
    { key: 'weeks', label: 'Which week?', kind: 'number', required: true },
    { key: 'place', label: 'Where?', kind: 'choice', required: false, options: ['Here', 'At home'] },
    { key: 'allergies', label: 'Allergies?', kind: 'text', required: false, maxLength: 500 },
  ],
}
const addService = async (body: object) =>
  send(world, 'POST', '/v1/service-types', { headers: world.as('admin'), body })

test('a service type without rules of its own behaves as every service did before', async (t) => {
  const made = await addService(before())
  t.is(made.status, 201)
  t.like(made.body, defaults)
  const [told] = await waiting(world.database.pool, String(made.body.id))
  t.like(told?.event.data, defaults)
})

test('the rules of a service type are kept, read and told', async (t) => {
  const made = await addService({ ...before(), ...rules })
  t.is(made.status, 201)
  const read = await send(world, 'GET', `/v1/service-types/${String(made.body.id)}`)
  t.like(read.body, rules)
  const [told] = await waiting(world.database.pool, String(made.body.id))
  t.like(told?.event.data, rules)
})

const wrong: [keyof typeof rules, unknown][] = [
  ['bufferBeforeMinutes', -1],
  ['bufferBeforeMinutes', 241],
  ['capacity', 0],
  ['capacity', 201],
  ['capacity', null],
  ['roomKind', ''],
  ['roomKind', 'Delivery Room'],
  ['roomKind', 'x'.repeat(41)],
  ['deviceKind', 7],
  ['cancelNoticeMinutes', 43_201],
  ['approvalTimeoutMinutes', 4],
  ['maxOpen', 0],
  ['maxOpen', 1.5],
]
for (const [field, value] of wrong) {
  test(`a service type with ${field} ${JSON.stringify(value).slice(0, 20)} is refused`, async (t) => {
    const refused = await addService({ ...before(), ...rules, [field]: value })
    t.is(refused.status, 400)
    t.like(refused.body, { errors: [{ field }] })
  })
}

const one = { key: 'weeks', label: 'Which week?', kind: 'number' }
const wrongFields: [string, object[], number, string][] = [
  ['11 questions', Array.from({ length: 11 }, (_, n) => ({ ...one, key: `k${n}` })), 400, 'requestFields'],
  ['a question without a kind', [{ key: 'weeks', label: 'Weeks' }], 400, 'requestFields.0.kind'],
  ['a question of an unknown kind', [{ ...one, kind: 'file' }], 400, 'requestFields.0.kind'],
  ['a key that is no word', [{ ...one, key: 'Which week' }], 400, 'requestFields.0.key'],
  ['a word the service does not know', [{ ...one, hint: 'x' }], 400, 'requestFields.0.hint'],
  ['a label with a NUL', [{ ...one, label: 'a\u0000b' }], 400, 'requestFields.0.label'],
  ['a label with half a character', [{ ...one, label: 'a\ud800b' }], 422, 'requestFields.0.label'],
  [
    'an option with half a character',
    [{ ...one, kind: 'choice', options: ['a', '\ud800'] }],
    422,
    'requestFields.0.options',
  ],
  ['two questions under one key', [one, { ...one, label: 'Again' }], 422, 'requestFields.1.key'],
  ['a choice of nothing', [{ ...one, kind: 'choice' }], 422, 'requestFields.0.options'],
  ['a choice of one', [{ ...one, kind: 'choice', options: ['a'] }], 400, 'requestFields.0.options'],
  ['a number with options', [{ ...one, options: ['1', '2'] }], 422, 'requestFields.0.options'],
  ['a number with a length', [{ ...one, maxLength: 5 }], 422, 'requestFields.0.maxLength'],
]
for (const [name, requestFields, status, field] of wrongFields) {
  test(`a service type with ${name} is refused`, async (t) => {
    const answer = await addService({ ...before(), requestFields })
    t.is(answer.status, status)
    t.like(answer.body, { errors: [{ field }] })
  })
}

const addDoctor = async (languages?: unknown) => {
  const body = {
    name: 'Dr. Fern 1',
    specialtyId: care.id,
    clinicIds: [place.id],
    serviceIds: [],
    phone: null,
    phonePublic: false,
    ...(languages === undefined ? {} : { languages }),
  }
  return send(world, 'POST', '/v1/doctors', { headers: world.as('admin'), body })
}

test('languages are kept in their canonical form, shown to everybody and told', async (t) => {
  const made = await addDoctor(['pt-br', 'EN', 'zh-hant-tw'])
  t.is(made.status, 201)
  const languages = ['pt-BR', 'en', 'zh-Hant-TW']
  t.deepEqual((await send(world, 'GET', `/v1/doctors/${String(made.body.id)}`)).body.languages, languages)
  const [told] = await waiting(world.database.pool, String(made.body.id))
  t.deepEqual(told?.event.data.languages, languages)
})

test('no language need be known', async (t) => {
  t.deepEqual((await addDoctor()).body.languages, [])
})

const refused: [string, unknown, number, string][] = [
  ['a name instead of a tag', ['Portuguese language'], 400, 'languages.0'],
  ['a tag of two scripts', ['en', 'en-Latn-Cyrl'], 422, 'languages.1'],
  ['one language written in two ways', ['pt-BR', 'pt-br'], 422, 'languages.1'],
  ['21 languages', Array.from({ length: 21 }, (_, index) => `en-x-a${index}`), 400, 'languages'],
  ['a text instead of a list', 'pt-BR', 400, 'languages'],
]
for (const [name, languages, status, field] of refused) {
  test(`a doctor with ${name} is refused`, async (t) => {
    const answer = await addDoctor(languages)
    t.is(answer.status, status)
    t.like(answer.body, { errors: [{ field }] })
  })
}
