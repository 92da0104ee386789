import { Type } from 'typebox'

/** A rule that the API server checks, in CEL, with the sentence a person reads when it does not hold. */
export interface CelRule {
  rule: string
  message: string
  /** The field the message is about, when it is not the one that carries the rule. */
  fieldPath?: string
}

/** The keyword under which the API server finds the rules. */
export const rules = (...list: CelRule[]) => ({ 'x-kubernetes-validations': list })

/** The value may never change: a transition rule, which does not run when the object is made. */
export const immutable = (field: string, advice: string): CelRule => ({
  rule: 'self == oldSelf',
  message: `${field} cannot be changed: ${advice}`,
})

/** A length of time as Go writes it. The units stop at hours: a day is not always 24 of them. */
const DURATION_PATTERN = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'

export interface DurationBounds {
  field: string
  description: string
  least: string
  most: string
  default?: string
}

/** A length of time within bounds that the API server checks. */
export function Duration({ field, least, most, description, ...rest }: DurationBounds) {
  const within = {
    rule: `duration(self) >= duration('${least}') && duration(self) <= duration('${most}')`,
    message: `${field} must be a time from ${least} to ${most}`,
  }
  return Type.String({
    description,
    pattern: DURATION_PATTERN,
    minLength: 2,
    maxLength: 20,
    ...('default' in rest ? { default: rest.default } : {}),
    ...rules(within),
  })
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** Milliseconds of a duration such as `1m30s`. Throws RangeError for anything else: the API server refuses it before. */
export function durationMs(text: string): number {
  if (!new RegExp(DURATION_PATTERN).test(text)) throw new RangeError(`not a duration: ${text}`)
  const parts = text.matchAll(/([0-9.]+)(ms|s|m|h)/g)
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit as 's'], 0)
}

/** Name of a JetStream stream or consumer. */
export const JetStreamName = (description: string, more: object = {}) =>
  Type.String({ description, pattern: '^[A-Za-z0-9_-]+$', minLength: 1, maxLength: 100, ...more })

/** Name of an object in the same namespace. */
export const ObjectName = (description: string) =>
  Type.String({
    description,
    pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
    minLength: 1,
    maxLength: 253,
  })

/** RFC 3339 instant, as the API server writes them. */
export const Timestamp = (description: string) =>
  Type.String({ description, format: 'date-time', maxLength: 40 })

/** One condition of an object, in the shape that `kubectl wait`, Flux and Argo read. */
export const Condition = Type.Object(
  {
    type: Type.String({
      description: 'What is said: Ready, Reconciling or Stalled.',
      minLength: 1,
      maxLength: 316,
    }),
    status: Type.Enum(['True', 'False', 'Unknown'], {
      type: 'string',
      description: 'Whether it holds: True, False or Unknown.',
    }),
    observedGeneration: Type.Optional(
      Type.Integer({
        description: 'The generation of the spec that this was said of.',
        format: 'int64',
        minimum: 0,
      }),
    ),
    lastTransitionTime: Timestamp('When the status last changed.'),
    reason: Type.String({
      description: 'Why, in one word, for programs.',
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      minLength: 1,
      maxLength: 128,
    }),
    message: Type.String({ description: 'Why, in a sentence, for people.', maxLength: 4_096 }),
  },
  { description: 'One thing that is said of the object.' },
)

/** What `status.conditions` holds; at most one of each type. */
export const Conditions = Type.Array(Condition, {
  description: 'What is said of the object: Ready, Reconciling and Stalled.',
  maxItems: 8,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
})

/** The generation of the spec that the status tells of. */
export const ObservedGeneration = Type.Integer({
  description: 'The generation of the spec that this status was written for.',
  format: 'int64',
  minimum: 0,
})

/** Names are part of subjects, where a dot would be a separator. */
export const nameRule: CelRule = {
  rule: "self.metadata.name.size() <= 63 && !self.metadata.name.contains('.')",
  message: 'metadata.name must be at most 63 characters without a dot: it is part of message subjects',
}
