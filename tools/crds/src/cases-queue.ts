import type { CaseDraft } from './cases.ts'

export const queueCases: readonly CaseDraft[] = [
  { title: 'the least a queue needs' },
  {
    title: 'a queue with everything set',
    spec: {
      partitions: 32,
      replicas: 5,
      limits: { maxBytes: 10_737_418_240, maxAge: '720h', maxMessageSize: 1_048_576 },
      deadLetter: { stream: 'DEAD_LETTERS', maxBytes: 1_048_576, maxAge: '1h' },
      deletionPolicy: 'Delete',
      subjectPrefix: 'north',
    },
  },
  {
    title: 'a name with a dot',
    name: 'booking.north',
    refusal: 'metadata.name must be at most 63 characters without a dot',
  },
  { title: 'two copies of the stream', spec: { replicas: 2 }, refusal: 'Unsupported value: 2' },
  { title: 'no partition', spec: { partitions: 0 }, refusal: 'should be greater than or equal to 1' },
  { title: 'too many partitions', spec: { partitions: 257 }, refusal: 'should be less than or equal to 256' },
  { title: 'a queue without a stream', spec: { stream: undefined }, refusal: 'spec.stream: Required value' },
  { title: 'a stream name with a dot', spec: { stream: 'A.B' }, refusal: 'spec.stream in body should match' },
  {
    title: 'another stream',
    before: {},
    spec: { stream: 'OTHER' },
    refusal: 'spec.stream cannot be changed: make a new BookingQueue',
  },
  {
    title: 'another number of partitions',
    before: {},
    spec: { partitions: 8 },
    refusal: 'spec.partitions cannot be changed',
  },
  {
    title: 'other limits, replicas and policy, which may change',
    before: {},
    spec: { replicas: 1, limits: { maxBytes: 2_048 }, deletionPolicy: 'Delete' },
  },
  {
    title: 'a prefix where there was none',
    before: {},
    spec: { subjectPrefix: 'north' },
    refusal: 'spec.subjectPrefix cannot be changed',
  },
  {
    title: 'a queue that keeps its prefix',
    before: { subjectPrefix: 'north' },
    spec: { subjectPrefix: 'north', replicas: 1 },
  },
  {
    title: 'dead letters in the stream itself',
    spec: { deadLetter: { stream: 'BOOKING_REQUESTS' } },
    refusal: 'spec.deadLetter.stream must be another stream than spec.stream',
  },
  { title: 'a dead letter added later', before: {}, spec: { deadLetter: { stream: 'DEAD' } } },
  {
    title: 'another dead-letter stream',
    before: { deadLetter: { stream: 'DEAD' } },
    spec: { deadLetter: { stream: 'OTHER' } },
    refusal: 'spec.deadLetter.stream cannot be changed',
  },
  {
    title: 'a dead letter taken away, to be given back with another stream',
    before: { deadLetter: { stream: 'DEAD' } },
    spec: {},
    refusal: 'spec.deadLetter cannot be taken away: the messages in it would be left behind',
  },
  {
    title: 'other limits of the dead letters, which may change',
    before: { deadLetter: { stream: 'DEAD' } },
    spec: { deadLetter: { stream: 'DEAD', maxBytes: 2_048, maxAge: '24h' } },
  },
  {
    title: 'a message larger than the stream',
    spec: { limits: { maxBytes: 2_048, maxMessageSize: 4_096 } },
    refusal: 'spec.limits.maxMessageSize must not be larger than spec.limits.maxBytes',
  },
  {
    title: 'requests dropped after a minute',
    spec: { limits: { maxAge: '1m' } },
    refusal: 'spec.limits.maxAge must be a time from 1h to 8760h',
  },
  {
    title: 'a time in days',
    spec: { limits: { maxAge: '30d' } },
    refusal: 'spec.limits.maxAge in body should match',
  },
  {
    title: 'dead letters dropped after a minute',
    spec: { deadLetter: { stream: 'DEAD', maxAge: '1m' } },
    refusal: 'spec.deadLetter.maxAge must be a time from 1h to 8760h',
  },
  { title: 'a policy nobody knows', spec: { deletionPolicy: 'Keep' }, refusal: 'Unsupported value: "Keep"' },
  { title: 'a field nobody knows', spec: { partition: 4 }, refusal: 'unknown field "spec.partition"' },
]
