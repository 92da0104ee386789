import { ProblemError } from '@medqueue/service-kit'
import { type Static, type TSchema, Type } from 'typebox'
import { strictObject, Uuid } from '@medqueue/contracts'

import { decodeCursor } from '../domain/cursor.ts'
import { DirectoryErrors } from '../errors.ts'

/** Text that PostgreSQL takes. */
const SortName = Type.String({ maxLength: 300, pattern: '^[^\\u0000]*$' })

export const NamePosition = strictObject({ name: SortName, id: Uuid })
export const ScorePosition = strictObject({
  score: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  name: SortName,
  id: Uuid,
})

/** The position in a cursor, if there is one. Throws DIRECTORY_CURSOR_INVALID. */
export function positionOf<T extends TSchema>(schema: T, cursor: string | undefined): Static<T> | undefined {
  if (cursor === undefined) return undefined
  const position = decodeCursor(schema, cursor)
  if (position !== undefined) return position
  const detail = 'does not come from a page with these filters'
  throw new ProblemError(DirectoryErrors.DIRECTORY_CURSOR_INVALID, { field: 'cursor', detail })
}
