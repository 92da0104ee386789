import { ANSWER_LENGTH, type FieldKind, type RequestField } from '@medqueue/contracts'
import { Temporal } from 'temporal-polyfill'

/** What somebody answers, by the keys of the questions, before it is checked. */
export type Answers = Readonly<Record<string, unknown>>

/** An answer as it is kept, with its question as it was asked. */
export interface Answer {
  key: string
  label: string
  value: string | number | boolean
}

/** Why answers cannot be taken: the key, and what is said of it. */
export interface AnswerFault {
  key: string
  detail: string
}

/** A number that people write down; more digits would not be kept exactly. */
const MOST = 1e12

/** Control characters are nobody's words, and six characters each where answers are kept. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && !/(?![\t\n\r])\p{Cc}/u.test(value)

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  try {
    return Temporal.PlainDate.from(value, { overflow: 'reject' }).toString() === value
  } catch {
    return false
  }
}

/** For each kind, what is wrong with a value, or undefined. */
const FAULTS: Record<FieldKind, (value: unknown, field: RequestField) => string | undefined> = {
  text: (value, { maxLength = ANSWER_LENGTH }) => {
    if (!isText(value)) return 'must be a text'
    return value.length > maxLength ? `must have at most ${maxLength} characters` : undefined
  },
  number: (value) =>
    typeof value === 'number' && Math.abs(value) <= MOST ? undefined : `must be a number, at most ${MOST}`,
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  choice: (value, { options = [] }) =>
    options.some((option) => option === value) ? undefined : `must be one of: ${options.join(', ')}`,
  date: (value) => (isDate(value) ? undefined : 'must be a date, such as 2027-03-01'),
}

/**
 * The answers to the questions of a service, in the order of the questions, or the first fault. Empty text is no answer.
 */
export function answersTo(
  fields: readonly RequestField[],
  given: Answers = {},
): { answers: Answer[] } | { fault: AnswerFault } {
  const known = new Set(fields.map(({ key }) => key))
  const unknown = Object.keys(given).find((key) => !known.has(key))
  if (unknown !== undefined) return { fault: { key: unknown.slice(0, 40), detail: 'is not asked' } }
  const answers: Answer[] = []
  for (const field of fields) {
    const { key, label } = field
    const value = Object.hasOwn(given, key) ? given[key] : undefined
    const detail = faultOf(field, value)
    if (detail !== undefined) return { fault: { key, detail } }
    if (!isEmpty(value)) answers.push({ key, label, value: value as Answer['value'] })
  }
  return { answers }
}

const isEmpty = (value: unknown) => value === undefined || (typeof value === 'string' && value.trim() === '')

function faultOf(field: RequestField, value: unknown): string | undefined {
  if (!isEmpty(value)) return FAULTS[field.kind](value, field)
  return field.required === true ? 'must be answered' : undefined
}
