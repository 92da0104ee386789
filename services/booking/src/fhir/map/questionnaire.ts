import type { RequestField } from '@medqueue/contracts'
import type {
  Appointment,
  FhirResource,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'

import type { Appointment as AppointmentView } from '../../api/schemas.ts'
import type { Answers } from '../../domain/answers.ts'
import type { DirectoryService } from '../store/list-directory.ts'
import { InvalidInput, type InputFault } from './invalid-input.ts'

/** The address of the questions of a service. */
export const questionnaireUrl = (base: string, serviceId: string) => `${base}/Questionnaire/${serviceId}`

const TYPES = {
  text: 'string',
  number: 'decimal',
  boolean: 'boolean',
  choice: 'choice',
  date: 'date',
} as const

/** What a service asks whoever requests a visit; undefined when it asks nothing. */
export function questionnaireOf(service: DirectoryService, base: string): Questionnaire | undefined {
  const { id, version, active, name, request_fields: fields } = service
  if (fields.length === 0) return undefined
  return {
    resourceType: 'Questionnaire',
    id,
    meta: { versionId: String(version) },
    url: questionnaireUrl(base, id),
    version: String(version),
    title: name,
    status: active ? 'active' : 'retired',
    subjectType: ['Patient'],
    item: fields.map(itemOf),
  }
}

function itemOf({ key, label, kind, required, options, maxLength }: RequestField): QuestionnaireItem {
  return {
    linkId: key,
    text: label,
    type: TYPES[kind],
    ...(required === true ? { required } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(options === undefined ? {} : { answerOption: options.map((option) => ({ valueString: option })) }),
  }
}

const CONTAINED = 'answers'

/** The answers of an appointment in the form they are sent in, for an Appointment to take over. */
export function answersOf({
  answers = [],
}: AppointmentView): Pick<Appointment, 'contained' | 'supportingInformation'> {
  if (answers.length === 0) return {}
  const response: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    id: CONTAINED,
    status: 'completed',
    item: answers.map(({ key, label, value }) => ({ linkId: key, text: label, answer: [valueOf(value)] })),
  }
  return { contained: [response], supportingInformation: [{ reference: `#${CONTAINED}` }] }
}

function valueOf(value: string | number | boolean) {
  if (typeof value === 'number') return { valueDecimal: value }
  return typeof value === 'boolean' ? { valueBoolean: value } : { valueString: value }
}

const AT = 'appointment-resource'

/**
 * The answers that an appointment was sent with: one QuestionnaireResponse contained in it, to which its
 * supportingInformation leads. Throws InvalidInput for another form, and for answers to another service's questions.
 */
export function answersIn(resource: Appointment, serviceId: string | undefined): Answers | undefined {
  const contained = (resource.contained ?? []) as FhirResource[]
  const responses = contained.filter((each) => each.resourceType === 'QuestionnaireResponse')
  const [response] = responses
  if (response === undefined) return undefined
  const { id = '', questionnaire, item = [] } = response
  const isNamed = resource.supportingInformation?.some(({ reference }) => reference === `#${id}`)
  refuseIf(responses.length > 1, 'structure', ['These are answered once', 'contained'])
  refuseIf(isNamed !== true, 'required', ['Name the answers: #id', 'supportingInformation.reference'])
  const isOther = serviceId !== undefined && !asks(questionnaire, serviceId)
  refuseIf(isOther, 'value', ['These are the questions of another service', 'contained.questionnaire'])
  const keys = new Set(item.map(({ linkId }) => linkId))
  refuseIf(keys.size < item.length, 'structure', ['A question is answered once', 'contained.item.linkId'])
  return Object.fromEntries(item.flatMap(answerIn))
}

function refuseIf(wrong: boolean, fault: InputFault, [message, element]: [string, string]): void {
  if (wrong) throw new InvalidInput(fault, message, `${AT}.${element}`)
}

const asks = (canonical: string | undefined, serviceId: string) =>
  canonical?.replace(/\|.*$/, '').endsWith(`/Questionnaire/${serviceId}`) ?? true

/** Forms of an answer that say a value of ours. */
const VALUES = ['valueBoolean', 'valueDecimal', 'valueInteger', 'valueDate', 'valueString'] as const

/** An item without an answer is no answer. */
function answerIn({ linkId, answer = [], item }: QuestionnaireResponseItem): [string, unknown][] {
  const [given] = answer
  const question = linkId.slice(0, 40)
  const isDeeper = answer.length > 1 || item !== undefined || given?.item !== undefined
  refuseIf(isDeeper, 'not-supported', [`${question} has one answer and nothing below it`, 'contained.item'])
  if (given === undefined) return []
  const value =
    VALUES.map((name) => given[name]).find((each) => each !== undefined) ?? given.valueCoding?.code
  refuseIf(value === undefined, 'not-supported', [
    `${question} is not answered in a form taken here`,
    'contained.item',
  ])
  return [[linkId, value]]
}
