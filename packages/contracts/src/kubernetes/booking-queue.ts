import { type Static, Type } from 'typebox'

import {
  Conditions,
  Duration,
  immutable,
  JetStreamName,
  nameRule,
  ObservedGeneration,
  rules,
  Timestamp,
} from './fields.ts'
import type { KindDefinition } from './group.ts'

const GIB = 1024 ** 3
const PIB = 1024 ** 5

const Bytes = (description: string, more: object = {}) =>
  Type.Integer({ description, format: 'int64', minimum: 1_024, maximum: PIB, ...more })

const Limits = Type.Object(
  {
    maxBytes: Bytes(
      'Size limit of the stream in bytes; when it is full, new requests are refused, none is dropped.',
      {
        default: GIB,
      },
    ),
    maxAge: Type.Optional(
      Duration({
        field: 'spec.limits.maxAge',
        description:
          'Age after which a request that nobody decided is dropped. Leave it out: then every request waits until it is decided.',
        least: '1h',
        most: '8760h',
      }),
    ),
    maxMessageSize: Type.Optional(
      Type.Integer({
        description: 'Largest message in bytes that the stream takes; the limit of the broker when not set.',
        format: 'int32',
        minimum: 1_024,
        maximum: 64 * 1024 ** 2,
      }),
    ),
  },
  {
    description: 'How much the stream holds.',
    default: {},
    ...rules({
      rule: '!has(self.maxMessageSize) || self.maxMessageSize <= self.maxBytes',
      message: 'spec.limits.maxMessageSize must not be larger than spec.limits.maxBytes',
    }),
  },
)

const DeadLetter = Type.Object(
  {
    stream: JetStreamName('Name of the stream that keeps what no worker could decide.', {
      ...rules(immutable('spec.deadLetter.stream', 'the messages in it would be left behind')),
    }),
    maxBytes: Bytes('Size limit of the dead-letter stream in bytes; when it is full, the oldest go.', {
      default: 8 * GIB,
    }),
    maxAge: Type.Optional(
      Duration({
        field: 'spec.deadLetter.maxAge',
        description:
          'Age after which a dead letter is dropped; they are kept up to the size limit when not set.',
        least: '1h',
        most: '8760h',
      }),
    ),
  },
  { description: 'Where requests go that no worker could decide.' },
)

export const BookingQueueSpec = Type.Object(
  {
    stream: JetStreamName('Name of the JetStream stream that is the queue.', {
      ...rules(immutable('spec.stream', 'make a new BookingQueue')),
    }),
    partitions: Type.Integer({
      description: 'Number of ordered lanes of requests; a doctor belongs to one of them for ever.',
      format: 'int32',
      minimum: 1,
      maximum: 256,
      ...rules(
        immutable(
          'spec.partitions',
          'a doctor would change lanes and lose the order; make a new BookingQueue',
        ),
      ),
    }),
    replicas: Type.Enum([1, 3, 5], {
      type: 'integer',
      format: 'int32',
      description: 'Copies of the stream on the servers of the NATS cluster: 1, 3 or 5.',
      default: 3,
    }),
    limits: Limits,
    deadLetter: Type.Optional(DeadLetter),
    deletionPolicy: Type.Enum(['Retain', 'Delete'], {
      type: 'string',
      description:
        'What happens to the streams when this object is deleted: Retain keeps them and what is in them, Delete deletes them.',
      default: 'Retain',
    }),
    subjectPrefix: Type.Optional(
      Type.String({
        description: 'Prefix of the subjects of this installation; the one of the controller when not set.',
        pattern: '^[A-Za-z0-9-]*$',
        maxLength: 64,
      }),
    ),
  },
  {
    description: 'What the queue should be.',
    ...rules(
      {
        rule: '!has(self.deadLetter) || self.deadLetter.stream != self.stream',
        message: 'spec.deadLetter.stream must be another stream than spec.stream',
      },
      {
        // Else it could be taken away and given back with another stream.
        rule: '!has(oldSelf.deadLetter) || has(self.deadLetter)',
        message: 'spec.deadLetter cannot be taken away: the messages in it would be left behind',
      },
      {
        rule: "(has(self.subjectPrefix) ? self.subjectPrefix : '-') == (has(oldSelf.subjectPrefix) ? oldSelf.subjectPrefix : '-')",
        message: 'spec.subjectPrefix cannot be changed: make a new BookingQueue',
      },
    ),
  },
)

const Count = (description: string) => Type.Integer({ description, format: 'int64', minimum: 0 })

const PartitionStatus = Type.Object(
  {
    partition: Type.Integer({ description: 'Number of the lane, from 0.', format: 'int32', minimum: 0 }),
    depth: Count('Requests that wait in the lane.'),
    oldestAgeSeconds: Type.Optional(Count('Age in seconds of the oldest of them.')),
  },
  { description: 'What waits in one lane.' },
)

export const BookingQueueStatus = Type.Object(
  {
    observedGeneration: Type.Optional(ObservedGeneration),
    conditions: Type.Optional(Conditions),
    depth: Type.Optional(Count('Requests that wait for a decision.')),
    oldestAgeSeconds: Type.Optional(Count('Age in seconds of the oldest request that waits.')),
    partitions: Type.Optional(
      Type.Array(PartitionStatus, {
        description: 'What waits in each lane.',
        maxItems: 256,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['partition'],
      }),
    ),
    leader: Type.Optional(Type.String({ description: 'NATS server that leads the stream.', maxLength: 253 })),
    streamCreatedAt: Type.Optional(Timestamp('When the stream was made.')),
    driftCorrected: Type.Optional(
      Count('How often somebody else had changed or deleted a stream and it was put right.'),
    ),
  },
  { description: 'What the queue is.' },
)

export const BookingQueue = Type.Object(
  { spec: BookingQueueSpec, status: Type.Optional(BookingQueueStatus) },
  {
    description: 'A queue of booking requests: a JetStream stream in ordered lanes, and its dead letters.',
    ...rules(nameRule),
  },
)

export type BookingQueueSpec = Static<typeof BookingQueueSpec>
export type BookingQueueStatus = Static<typeof BookingQueueStatus>

export const bookingQueueKind: KindDefinition = {
  kind: 'BookingQueue',
  plural: 'bookingqueues',
  singular: 'bookingqueue',
  shortNames: ['bq'],
  categories: ['medqueue'],
  columns: [
    { name: 'Stream', type: 'string', jsonPath: '.spec.stream', description: 'JetStream stream' },
    {
      name: 'Partitions',
      type: 'integer',
      jsonPath: '.spec.partitions',
      description: 'Ordered lanes',
      priority: 1,
    },
    { name: 'Depth', type: 'integer', jsonPath: '.status.depth', description: 'Requests that wait' },
    {
      name: 'Oldest',
      type: 'integer',
      jsonPath: '.status.oldestAgeSeconds',
      description: 'Age of the oldest request, seconds',
    },
    {
      name: 'Leader',
      type: 'string',
      jsonPath: '.status.leader',
      description: 'Leading server',
      priority: 1,
    },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether the stream is as it should be',
    },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Why',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object' },
  ],
}
