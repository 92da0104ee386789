import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Appointment, QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4.js'

import { addService } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'
import {
  BASE,
  entriesOf,
  fhirClient,
  type FhirClient,
  type Format,
  issuesOf,
  parameters,
  reference,
  sent,
} from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let asking: string

const FIELDS = [
  { key: 'weeks', label: 'Which week is it?', kind: 'number', required: true },
  { key: 'side', label: 'Which side?', kind: 'choice', options: ['left', 'right'] },
  { key: 'since', label: 'Since when?', kind: 'date' },
  { key: 'again', label: 'Have you been here before?', kind: 'boolean' },
  { key: 'allergies', label: 'Any allergies?', kind: 'text', maxLength: 50 },
]

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      asking = await addService(pieces, { request_fields: JSON.stringify(FIELDS) })
    },
  })
  world.work()
  fhir = fhirClient(world)
})

let used = 0
/** A proposal and a patient that nobody else of these tests has. */
async function fresh(): Promise<{ patient: string; proposed: Appointment }> {
  const n = used++
  const wish = parameters({
    start: { valueDateTime: world.slot(n) },
    end: { valueDateTime: world.slot(n + 1) },
    practitioner: reference(`Practitioner/${world.people.doctors[0] ?? ''}`),
    'visit-type': { valueString: asking },
  })
  const [proposed] = entriesOf(await fhir.post('Appointment/$find', wish), 'Appointment')
  if (proposed === undefined) throw new Error('nothing is free')
  return { patient: world.people.patients[n] ?? '', proposed }
}

const ITEMS: QuestionnaireResponseItem[] = [
  { linkId: 'weeks', answer: [{ valueDecimal: 31.5 }] },
  { linkId: 'side', answer: [{ valueCoding: { code: 'left' } }] },
  { linkId: 'since', answer: [{ valueDate: '2026-03-01' }] },
  { linkId: 'again', answer: [{ valueBoolean: false }] },
  { linkId: 'allergies', answer: [{ valueString: 'nuts & <b>bees</b>' }] },
]

/** The appointment with answers to be booked. */
function answering(
  appointment: Appointment,
  item: QuestionnaireResponseItem[],
  more: Partial<QuestionnaireResponse> = {},
): Appointment {
  const response = {
    resourceType: 'QuestionnaireResponse',
    id: 'a',
    status: 'completed',
    item,
    ...more,
  } as const
  return {
    ...appointment,
    status: 'pending',
    contained: [response],
    supportingInformation: [{ reference: '#a' }],
  }
}

const book = async (appointment: Appointment, as: string, format: Format = 'json') =>
  fhir.post('Appointment/$book', parameters({ 'appointment-resource': sent(appointment) }), { as, format })

for (const format of ['json', 'xml'] satisfies Format[]) {
  test(`the questions of a service are a Questionnaire, and its answers are booked and read, in ${format}`, async (t) => {
    const service = await fhir.get(`HealthcareService/${asking}`, { format })
    t.true(JSON.stringify(service.resource).includes(`"Questionnaire/${asking}"`))
    const asked = await fhir.get(`Questionnaire/${asking}`, { format })
    t.like(asked.resource, { resourceType: 'Questionnaire', url: `${BASE}/Questionnaire/${asking}` })
    const items = (asked.resource as { item: { linkId: string; type: string }[] }).item
    t.deepEqual(
      items.map(({ linkId, type }) => `${linkId} ${type}`),
      ['weeks decimal', 'side choice', 'since date', 'again boolean', 'allergies string'],
    )
    const found = await fhir.get(`Questionnaire?_id=${asking}`, { format })
    t.deepEqual(entriesOf(found, 'Questionnaire'), [asked.resource])
    const { patient, proposed } = await fresh()
    const questionnaire = `${BASE}/Questionnaire/${asking}|1`
    const booked = await book(answering(proposed, ITEMS, { questionnaire }), patient, format)
    t.is(booked.status, 200, booked.text)
    const [appointment] = entriesOf(booked, 'Appointment')
    t.deepEqual(appointment?.supportingInformation, [{ reference: '#answers' }])
    const read = await fhir.get(`Appointment/${appointment?.id ?? ''}`, { as: patient, format })
    const [response] = (read.resource as Appointment).contained as QuestionnaireResponse[]
    t.deepEqual(
      response?.item?.map(({ linkId, text, answer }) => [linkId, text, answer?.[0]]),
      [
        ['weeks', 'Which week is it?', { valueDecimal: 31.5 }],
        ['side', 'Which side?', { valueString: 'left' }],
        ['since', 'Since when?', { valueString: '2026-03-01' }],
        ['again', 'Have you been here before?', { valueBoolean: false }],
        ['allergies', 'Any allergies?', { valueString: 'nuts & <b>bees</b>' }],
      ],
    )
  })
}

test('what is held is booked with answers, too, and read in words of REST', async (t) => {
  const { patient, proposed } = await fresh()
  const named = parameters({ 'appointment-reference': reference(`Appointment/${proposed.id ?? ''}`) })
  const held = await fhir.post('Appointment/$hold', named, { as: patient })
  const [hold] = entriesOf(held, 'Appointment')
  if (hold === undefined) throw new Error(held.text)
  const booked = await book(answering(hold, ITEMS.slice(0, 1)), patient)
  t.is(entriesOf(booked, 'Appointment')[0]?.id, hold.id)
  const row = await world.pool.query('SELECT answers FROM appointment WHERE id = $1', [hold.id])
  t.deepEqual(row.rows, [{ answers: [{ key: 'weeks', label: 'Which week is it?', value: 31.5 }] }])
})

test('answers that are missing, wrong, to other questions or in another form book nothing', async (t) => {
  const { patient, proposed } = await fresh()
  const good = ITEMS.slice(0, 1)
  const twice = [...good, ...good]
  const cases: [Appointment, number, string][] = [
    [{ ...proposed, status: 'pending' }, 422, 'answers.weeks'],
    [answering(proposed, [{ linkId: 'weeks' }]), 422, 'answers.weeks'],
    [answering(proposed, [{ linkId: 'weeks', answer: [{ valueString: '31' }] }]), 422, 'answers.weeks'],
    [
      answering(proposed, [...good, { linkId: 'shoe', answer: [{ valueString: '42' }] }]),
      422,
      'answers.shoe',
    ],
    [answering(proposed, twice), 400, 'appointment-resource.contained.item.linkId'],
    [
      answering(proposed, good, { questionnaire: `${BASE}/Questionnaire/${world.people.consultation}` }),
      400,
      'appointment-resource.contained.questionnaire',
    ],
    [
      { ...answering(proposed, good), supportingInformation: [{ reference: '#b' }] },
      400,
      'appointment-resource.supportingInformation.reference',
    ],
    [
      answering(proposed, [{ linkId: 'weeks', answer: [{ valueDecimal: 1 }, { valueDecimal: 2 }] }]),
      400,
      'appointment-resource.contained.item',
    ],
    [
      answering(proposed, [{ linkId: 'weeks', answer: [{ valueUri: 'x:y' }] }]),
      400,
      'appointment-resource.contained.item',
    ],
  ]
  for (const [appointment, status, expression] of cases) {
    const refused = await book(appointment, patient)
    t.is(refused.status, status, refused.text)
    t.deepEqual(issuesOf(refused)[0]?.expression, [expression])
  }
  const { rows } = await world.pool.query('SELECT id FROM appointment WHERE patient_id = $1', [patient])
  t.is(rows.length, 0)
})

test('a service that asks nothing has no Questionnaire', async (t) => {
  t.is((await fhir.get(`Questionnaire/${world.people.consultation}`)).status, 404)
  t.is((await fhir.get('Questionnaire/x')).status, 404)
  const service = await fhir.get(`HealthcareService/${world.people.consultation}`)
  t.false(service.text.includes('Questionnaire'))
})
