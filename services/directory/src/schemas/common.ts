import { Cursor, strictObject, Uuid } from '@medqueue/contracts'
import { type TProperties, Type } from 'typebox'

export const Version = Type.Integer({ minimum: 1, description: 'Grows with every change' })

/** What every record has. */
export const RecordHead = { id: Uuid, version: Version, active: Type.Boolean() }

/** A body that makes a row; the id may be given, because a person's record and user share it. */
export const newBody = <P extends TProperties>(fields: P) =>
  strictObject({ id: Type.Optional(Uuid), ...fields })

export const IdParams = strictObject({ id: Uuid })

export const MOST_PER_PAGE = 100

export const PageQuery = {
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: MOST_PER_PAGE, default: 20 }),
}

/** A page and where the next one starts; null on the last page. */
export const pageOf = <P extends TProperties>(item: ReturnType<typeof Type.Object<P>>) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Cursor, Type.Null()]) })

/** For routes that take no body: none, or an empty object. */
export const NoBody = Type.Unsafe<Record<string, never> | null>({
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {},
})

/** For routes that take no query. */
export const NoQuery = strictObject({})
