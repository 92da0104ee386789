import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import ICAL from 'ical.js'

/** Octets of a line without its end (RFC 5545, 3.1). */
const LONGEST_LINE = 75

/**
 * Reads a calendar text with ical.js and writes it again, and throws when the two differ in any property, or when a
 * line breaks the rules of RFC 5545. With CALENDAR_RECORD in the environment it also leaves the text in that folder,
 * for `make test-calendars`. Gives the calendar as ical.js reads it.
 */
export function checkCalendar(name: string, text: string): ICAL.Component {
  checkLines(text)
  const calendar = new ICAL.Component(ICAL.parse(text) as string[])
  const again = new ICAL.Component(ICAL.parse(calendar.toString()) as string[])
  if (JSON.stringify(again.toJSON()) !== JSON.stringify(calendar.toJSON())) {
    throw new Error(`${name} does not read back as it was written`)
  }
  record(name, text)
  return calendar
}

function checkLines(text: string): void {
  if (!text.endsWith('\r\n')) throw new Error('the last line does not end in CRLF')
  for (const line of text.split('\r\n')) {
    if (/[\r\n]/.test(line)) throw new Error('a line break is not CRLF')
    if (Buffer.byteLength(line) > LONGEST_LINE) throw new Error(`a line has more than ${LONGEST_LINE} octets`)
  }
}

function record(name: string, text: string): void {
  const folder = process.env.CALENDAR_RECORD
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  // The same text of two test runs is one file.
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12)
  writeFileSync(join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${mark}.ics`), text)
}
