import { type Static, Type } from 'typebox'

/** RFC 9457 problem details, with a stable code, the trace id and, for bad input, the fields at fault. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'https://medqueue.dev/problems/<code>' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    code: Type.String({ description: 'Stable code, listed in docs/errors.md' }),
    traceId: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true, description: 'RFC 9457 problem details' },
)
export type Problem = Static<typeof Problem>
