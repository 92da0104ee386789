import { type Static, Type } from 'typebox'

import {
  Conditions,
  Duration,
  immutable,
  JetStreamName,
  nameRule,
  ObjectName,
  ObservedGeneration,
  rules,
  Timestamp,
} from './fields.ts'
import type { KindDefinition } from './group.ts'
import { LastDecision } from './last-decision.ts'

const Replicas = (description: string, more: object = {}) =>
  Type.Integer({ description, format: 'int32', minimum: 0, maximum: 10_000, ...more })

const QueueRef = Type.Object(
  { name: ObjectName('Name of a BookingQueue in this namespace.') },
  { description: 'The BookingQueue whose requests the workers decide.' },
)

const ConsumerRef = Type.Object(
  {
    stream: JetStreamName('Name of the JetStream stream.'),
    consumer: JetStreamName('Name of the durable consumer on it that the workers share.'),
  },
  { description: 'A durable JetStream consumer that the workers share, for workers of any kind.' },
)

const TargetRef = Type.Object(
  {
    apiVersion: Type.Enum(['apps/v1'], {
      type: 'string',
      description: 'API version of the target: apps/v1.',
    }),
    kind: Type.Enum(['Deployment'], { type: 'string', description: 'Kind of the target: Deployment.' }),
    name: ObjectName('Name of the Deployment in this namespace.'),
  },
  {
    description: 'The workers to scale. Nothing else may set their number of replicas.',
    ...rules(
      immutable('spec.targetRef', 'the old Deployment would be left as it is; make a new BookingWorkerPool'),
    ),
  },
)

const ScaleDown = Type.Object(
  {
    window: Duration({
      field: 'spec.scaleDown.window',
      description: 'How long fewer workers must have been enough before any is taken away.',
      least: '0s',
      most: '1h',
      default: '3s',
    }),
    stepPercent: Type.Integer({
      description: 'The largest share of the workers, in percent, that is taken away in one step.',
      format: 'int32',
      minimum: 1,
      maximum: 100,
      default: 100,
    }),
    stepPeriod: Duration({
      field: 'spec.scaleDown.stepPeriod',
      description: 'The shortest time between two steps down.',
      least: '0s',
      most: '10m',
      default: '1s',
    }),
  },
  { description: 'How fast workers are taken away.', default: {} },
)

const Prewarm = Type.Object(
  {
    schedule: Type.String({
      description: 'When it begins: a cron expression of five fields, minute first.',
      pattern: '^[0-9A-Za-z*,/#?-]+( [0-9A-Za-z*,/#?-]+){4}$',
      minLength: 9,
      maxLength: 100,
    }),
    timeZone: Type.String({
      description: 'IANA time zone in which the schedule is read, such as America/Sao_Paulo.',
      pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$',
      minLength: 1,
      maxLength: 64,
      default: 'UTC',
    }),
    duration: Duration({
      field: 'spec.prewarm[].duration',
      description: 'How long it lasts each time.',
      least: '1m',
      most: '168h',
    }),
    replicas: Replicas('The least number of workers meanwhile.', { minimum: 1 }),
  },
  { description: 'Workers that run ahead of a rush that is known to come.' },
)

export const BookingWorkerPoolSpec = Type.Object(
  {
    queueRef: Type.Optional(QueueRef),
    consumerRef: Type.Optional(ConsumerRef),
    targetRef: TargetRef,
    minReplicas: Replicas(
      'The least number of workers; 0 lets the pool sleep. `kubectl scale` of the pool sets this floor.',
      { default: 0 },
    ),
    maxReplicas: Replicas('The largest number of workers. Keep it below what the database can take.', {
      minimum: 1,
    }),
    drainSLO: Duration({
      field: 'spec.drainSLO',
      description: 'The longest a request may wait in the queue before a worker has dealt with it.',
      least: '1s',
      most: '1h',
      default: '10s',
    }),
    idleAfter: Duration({
      field: 'spec.idleAfter',
      description: 'How long nothing must have come, waited or been worked on before the last worker goes.',
      least: '0s',
      most: '24h',
      default: '6s',
    }),
    startupEstimate: Duration({
      field: 'spec.startupEstimate',
      description:
        'How long a worker takes from its creation until it is ready, until that has been measured.',
      least: '100ms',
      most: '10m',
      default: '2s',
    }),
    serviceRateEstimate: Type.Number({
      description: 'Requests that one worker deals with in a second, until that has been measured.',
      // A rule: the API server cuts a minimum between 0 and 1 down to 0 when it meets a whole number.
      ...rules({ rule: 'self > 0.0', message: 'spec.serviceRateEstimate must be larger than 0' }),
      minimum: 0,
      maximum: 1_000_000,
      default: 30,
    }),
    scaleDown: ScaleDown,
    headroom: Type.Number({
      description:
        'Spare workers as a multiple of the square root of the workers that the arrivals keep busy (square-root staffing). Larger waits less and costs more.',
      minimum: 0,
      maximum: 5,
      default: 0.1,
    }),
    prewarm: Type.Optional(
      Type.Array(Prewarm, {
        description: 'Times at which more workers run, ahead of a rush that is known to come.',
        maxItems: 16,
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    mode: Type.Enum(['Active', 'Observe'], {
      type: 'string',
      description:
        'Active scales the workers. Observe only says what it would do, such as beside another autoscaler.',
      default: 'Active',
    }),
  },
  {
    description: 'Which workers to scale, on what, and within which bounds.',
    ...rules(
      {
        rule: 'has(self.queueRef) != has(self.consumerRef)',
        message: 'set exactly one of spec.queueRef and spec.consumerRef',
      },
      {
        rule: 'self.minReplicas <= self.maxReplicas',
        message: 'spec.minReplicas must not be larger than spec.maxReplicas',
      },
      {
        rule: '!has(self.prewarm) || self.prewarm.all(p, p.replicas <= self.maxReplicas)',
        message: 'spec.prewarm[].replicas must not be larger than spec.maxReplicas',
      },
      {
        rule: 'duration(self.startupEstimate) < duration(self.drainSLO)',
        message:
          'spec.startupEstimate must be shorter than spec.drainSLO: a worker that starts later cannot keep it',
      },
    ),
  },
)

export const BookingWorkerPoolStatus = Type.Object(
  {
    observedGeneration: Type.Optional(ObservedGeneration),
    conditions: Type.Optional(Conditions),
    replicas: Type.Optional(Replicas('Workers that exist.')),
    readyReplicas: Type.Optional(Replicas('Workers that are ready.')),
    desiredReplicas: Type.Optional(Replicas('Workers that the last decision asked for.')),
    selector: Type.Optional(
      Type.String({ description: 'Label selector of the workers, for `/scale`.', maxLength: 2_048 }),
    ),
    lastDecision: Type.Optional(LastDecision),
    lastScaleTime: Type.Optional(Timestamp('When the number of workers was last changed.')),
  },
  { description: 'What the pool does, and why.' },
)

export const BookingWorkerPool = Type.Object(
  { spec: BookingWorkerPoolSpec, status: Type.Optional(BookingWorkerPoolStatus) },
  {
    description: 'Workers that are scaled so that no request waits longer than the drain SLO.',
    ...rules(nameRule),
  },
)

export type BookingWorkerPoolSpec = Static<typeof BookingWorkerPoolSpec>
export type BookingWorkerPoolStatus = Static<typeof BookingWorkerPoolStatus>

const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`

export const bookingWorkerPoolKind: KindDefinition = {
  kind: 'BookingWorkerPool',
  plural: 'bookingworkerpools',
  singular: 'bookingworkerpool',
  shortNames: ['bwp'],
  categories: ['medqueue'],
  columns: [
    {
      name: 'Target',
      type: 'string',
      jsonPath: '.spec.targetRef.name',
      description: 'Deployment that is scaled',
    },
    { name: 'Min', type: 'integer', jsonPath: '.spec.minReplicas', description: 'Least workers' },
    { name: 'Max', type: 'integer', jsonPath: '.spec.maxReplicas', description: 'Most workers' },
    { name: 'Want', type: 'integer', jsonPath: '.status.desiredReplicas', description: 'Workers asked for' },
    { name: 'Ready', type: 'integer', jsonPath: '.status.readyReplicas', description: 'Workers ready' },
    {
      name: 'Depth',
      type: 'integer',
      jsonPath: '.status.lastDecision.inputs.depth',
      description: 'Requests that wait',
    },
    {
      name: 'Why',
      type: 'string',
      jsonPath: '.status.lastDecision.reason',
      description: 'Reason of the last decision',
    },
    { name: 'Mode', type: 'string', jsonPath: '.spec.mode', description: 'Active or Observe', priority: 1 },
    {
      name: 'Healthy',
      type: 'string',
      jsonPath: condition('Ready', 'status'),
      description: 'Whether the pool works',
    },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: condition('Ready', 'reason'),
      description: 'Why',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object' },
  ],
  scale: {
    specReplicasPath: '.spec.minReplicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
}
