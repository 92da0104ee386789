import type { Person } from './visit.ts'

/** Control characters that RFC 5545 (3.1, CONTROL) forbids in text; line breaks are escaped by the writer. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
const NOT_IN_A_LINE = /[\u0000-\u001f\u007f\u2028\u2029]+/g

/** Somebody's text without what no calendar may carry. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(FORBIDDEN, '')
}

/** The same on one line, for titles, names and places. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replaceAll(NOT_IN_A_LINE, ' ').trim()
}

const EMAIL = /^[^\s@<>",;:\\\u0000-\u001f\u007f]{1,64}@[A-Za-z0-9.-]{1,255}$/

/** The person with a name for a calendar. Throws RangeError as below. */
export function nameable({ name, email }: Person): Person {
  return { name: cleanLine(name) || email, email: checkedEmail(email) }
}

/** The address, when it can stand in a calendar as it is. Throws RangeError: addresses are checked when they are taken. */
function checkedEmail(email: string): string {
  if (!EMAIL.test(email)) throw new RangeError('this is not an e-mail address')
  return email
}
