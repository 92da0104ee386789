import { type TSchema, Type } from 'typebox'

/** No control characters, which PostgreSQL or a log would stumble over, and no white space at either end. */
const CLEAN = '^(?!\\s)[^\\u0000-\\u001f\\u007f]+(?<!\\s)$'

/** A line of text, 1 to `maxLength` characters. */
export const line = (maxLength: number, description?: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: CLEAN,
    ...(description === undefined ? {} : { description }),
  })

export const Name = line(200)

export const Phone = Type.String({
  maxLength: 40,
  pattern: '^\\+?[0-9][0-9 ()-]{3,38}$',
  description: 'Telephone number, such as +55 27 0000-0001',
})

export const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+\\.[^\\s@\\u0000-\\u001f]+$',
  description: 'E-mail address',
})

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
