import { type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'

/** Packs a position into an opaque text that is safe in a URL. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url')
}

/** The position in a cursor; undefined when it is not one of ours. */
export function decodeCursor<T extends TSchema>(schema: T, cursor: string): Static<T> | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Check(schema, position) ? position : undefined
  } catch {
    return undefined
  }
}

/** Cuts one row more than asked for into a page and the row that the next page starts after. */
export function cutPage<Row>(rows: readonly Row[], limit: number): { page: Row[]; last: Row | undefined } {
  const page = rows.slice(0, limit)
  return { page, last: rows.length > limit ? page.at(-1) : undefined }
}
