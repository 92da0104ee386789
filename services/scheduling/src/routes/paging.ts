import { Type } from 'typebox'

import { Cursor } from '@medqueue/contracts'

import { dateField, invalid } from './fields.ts'

/** Query of a list. */
export const Paging = {
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
}

/** The next page's cursor, or null on the last page. */
export const Next = Type.Union([Type.String(), Type.Null()])

/** Hides a position, so that nobody builds on its shape. */
export function encodeCursor(...parts: string[]): string {
  return Buffer.from(parts.join(' ')).toString('base64url')
}

/** The parts of a position that `encodeCursor` made. Throws SCHEDULING_FIELD_INVALID. */
export function decodeCursor(cursor: string, shape: RegExp): string[] {
  const match = shape.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) throw invalid('cursor', 'The cursor is not from a page of this list.')
  return match.slice(1)
}

/** One page of a list of which one row more than asked for was read. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorOf: (row: T) => string) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

const DATE_POSITION = /^(\d{4}-\d{2}-\d{2}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** The position in a list by date and id. Throws SCHEDULING_FIELD_INVALID. */
export function datePosition(cursor: string | undefined): { date: string; id: string } | null {
  if (cursor === undefined) return null
  const [date = '', id = ''] = decodeCursor(cursor, DATE_POSITION)
  return { date: dateField('cursor', date), id }
}
