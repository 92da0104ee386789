import { type Static, Type } from 'typebox'

import { Timestamp } from './fields.ts'

const Count = (description: string) => Type.Integer({ description, format: 'int64', minimum: 0 })
const Rate = (description: string) => Type.Number({ description, minimum: 0 })

/** What a decision was made from; all of it, so that it can be made again by hand. */
export const DecisionInputs = Type.Object(
  {
    depth: Count('Requests that waited or were being worked on.'),
    oldestAgeSeconds: Type.Optional(Rate('Age in seconds of the oldest request that waited.')),
    arrivalRate: Rate('Requests that came in a second, over the last moments.'),
    arrivalRateSlow: Rate('Requests that come in a second, smoothed.'),
    serviceRate: Rate('Requests that one worker deals with in a second.'),
    startupSeconds: Rate('Seconds a worker takes until it is ready.'),
    ready: Count('Workers that were ready.'),
    starting: Count('Workers that were on their way.'),
    inflight: Count('Requests that were being worked on.'),
    draining: Count('Workers that were finishing, to be taken away.'),
    signalAgeSeconds: Rate('Age in seconds of the newest thing known of the queue.'),
  },
  { description: 'What the decision was made from.' },
)

export const LastDecision = Type.Object(
  {
    at: Timestamp('When it was made.'),
    reason: Type.String({ description: 'Why, in one word.', maxLength: 64 }),
    message: Type.String({ description: 'Why, in a sentence.', maxLength: 1_024 }),
    want: Type.Integer({ description: 'Workers it asked for.', format: 'int32', minimum: 0 }),
    inputs: DecisionInputs,
  },
  { description: 'The last decision that changed something, or the state of things since.' },
)

export type DecisionInputs = Static<typeof DecisionInputs>
export type LastDecision = Static<typeof LastDecision>
