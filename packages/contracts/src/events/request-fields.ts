import { type Static, Type } from 'typebox'

import { Label, strictObject } from '../primitives.ts'

/** What the answer to a question is. */
export const FIELD_KINDS = [
  /** Words, at most `maxLength` characters. */
  'text',
  'number',
  'boolean',
  /** One of `options`. */
  'choice',
  /** A date, such as 2027-03-01. */
  'date',
] as const
export type FieldKind = (typeof FIELD_KINDS)[number]

/** Characters of an answer in words, where the question does not say. */
export const ANSWER_LENGTH = 200

/** A question that a service asks whoever requests a visit. */
export const RequestField = strictObject({
  key: Type.String({
    pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    maxLength: 40,
    description: 'Small letters, digits and hyphens; names the answer',
  }),
  label: Type.String({ ...Label, pattern: '^[^\\u0000]*$', description: 'The question, as people read it' }),
  kind: Type.Enum([...FIELD_KINDS]),
  required: Type.Optional(Type.Boolean({ default: false })),
  options: Type.Optional(
    Type.Array(Type.String({ ...Label, maxLength: 100, pattern: '^[^\\u0000]*$' }), {
      minItems: 2,
      maxItems: 20,
      uniqueItems: true,
      description: 'Of `choice`, and only there',
    }),
  ),
  maxLength: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000,
      description: `Characters; of \`text\`, and only there; ${ANSWER_LENGTH} when not said`,
    }),
  ),
})
export type RequestField = Static<typeof RequestField>
