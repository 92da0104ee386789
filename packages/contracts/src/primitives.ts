import { type Static, type TObject, type TProperties, Type } from 'typebox'

/** An object that refuses fields it does not know, so that a typing mistake in a body is told, not dropped. */
export function strictObject<P extends TProperties>(
  properties: P,
  options: { description?: string; $id?: string } = {},
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** Lower-case UUID of any version. */
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
})

/** RFC 3339 instant with an offset or Z; seconds are required. */
export const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?(Z|[+-]\\d{2}:\\d{2})$',
  maxLength: 40,
  description: 'RFC 3339 instant with offset, such as 2027-03-01T09:00:00Z',
})

/** Calendar date without a zone. */
export const PlainDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'Date, such as 2027-03-01',
})

/** Wall-clock time of day without a zone. */
export const PlainTime = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  description: 'Time of day, such as 08:30',
})

/** IANA time zone name. */
export const ZoneName = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'IANA time zone, such as America/Sao_Paulo',
})

/** Short human text. */
export const Label = Type.String({ minLength: 1, maxLength: 200 })

/** PostgreSQL holds every character in a text but U+0000. */
const WITHOUT_NUL = '^[^\\u0000]*$'

/** Text a person writes, at most `maxLength` characters. */
export const FreeText = (maxLength: number, options: { minLength?: number; description?: string } = {}) =>
  Type.String({ maxLength, pattern: WITHOUT_NUL, ...options })

/** Opaque position in a paged list. */
export const Cursor = Type.String({
  minLength: 1,
  maxLength: 512,
  description: 'Opaque; take it from `next` of the page before',
})

/** W3C trace context, version 00. */
export const Traceparent = Type.String({ pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' })

export type Uuid = Static<typeof Uuid>
export type Instant = Static<typeof Instant>
