import { parseInstant } from '../../domain/instants.ts'

const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/
const TIMED = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
/** Text of FHIR has no control characters but tab and line ends. */
const TEXT = /^[\t\n\r\u0020-\uffff]+$/
const URI = /^\S+$/

const isInteger = (least: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least && Math.abs(value as number) < 2 ** 31
const isText = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isInstant = (value: unknown) =>
  typeof value === 'string' && TIMED.test(value) && parseInstant(value) !== undefined
const isDate = (value: unknown) =>
  typeof value === 'string' &&
  DATE.test(value) &&
  (value.length < 10 || parseInstant(`${value}T00:00:00Z`) !== undefined)

/** Whether a JSON value is of a primitive type. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: isInteger(-(2 ** 31)),
  unsignedInt: isInteger(0),
  positiveInt: isInteger(1),
  decimal: (value) => typeof value === 'number' && Number.isFinite(value),
  instant: isInstant,
  dateTime: (value) => isDate(value) || isInstant(value),
  date: isDate,
  time: isText(/^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?$/),
  code: isText(/^[^\s]+(\s[^\s]+)*$/),
  id: isText(/^[A-Za-z0-9.-]{1,64}$/),
  oid: isText(/^urn:oid:[0-2](\.(0|[1-9]\d*))+$/),
  uuid: isText(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  uri: isText(URI),
  url: isText(URI),
  canonical: isText(URI),
  string: isText(TEXT),
  markdown: isText(TEXT),
  base64Binary: isText(/^[A-Za-z0-9+/=\s]+$/),
}

/** True for a value of the primitive type; undefined for a type that is not primitive. */
export function isOfPrimitive(type: string, value: unknown): boolean | undefined {
  return CHECKS[type]?.(value)
}

/** The JSON value of what XML writes as text. What does not fit stays text, for the check to refuse. */
export function fromText(type: string, text: string): string | number | boolean {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  const isNumber = /^(integer|unsignedInt|positiveInt|decimal)$/.test(type)
  return isNumber && /^-?\d{1,15}(\.\d{1,15})?([eE][+-]?\d{1,2})?$/.test(text) ? Number(text) : text
}

/** What a person wrote, as FHIR's text: control characters, which neither it nor XML can hold, are replaced. */
export function textOf(written: string): string {
  return written.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}
