import { CIDR, PORT, PROXY } from './addresses.ts'
import { poolTexts } from './pool-limits.ts'

/** Shapes that many values share, by the name that `@schema {use: …}` gives. */
export interface Definition {
  description: string
  [keyword: string]: unknown
}

type Properties = Record<string, object>

/** An object with these keys and no other, all of them required unless named as optional. */
export function strict(properties: Properties, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((key) => !optional.includes(key))
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  }
}

const text = (pattern: string, more: object = {}) => ({ type: 'string', pattern, ...more })
const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum })

const NAME = '[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?'
const KEY = '^([a-z0-9A-Z.-]{1,253}/)?[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$'
const LABEL_VALUE = '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$'
const CPU = '^[0-9]+(\\.[0-9]{1,3})?$|^[1-9][0-9]*m$'
const MEMORY = '^[1-9][0-9]*(\\.[0-9]+)?(k|M|G|T|Ki|Mi|Gi|Ti)?$'
const REPOSITORY = '[a-z0-9]+([._/-][a-z0-9]+)*'
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'

const cidr = text(`^${CIDR}$`)

const labels = mapOf('label')

const selector = strict(
  {
    matchLabels: labels,
    matchExpressions: {
      type: 'array',
      items: strict(
        {
          key: text(KEY),
          operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
          values: { type: 'array', items: text(LABEL_VALUE) },
        },
        ['values'],
      ),
    },
  },
  ['matchLabels', 'matchExpressions'],
)

const peers = {
  type: 'array',
  items: {
    ...strict(
      {
        podSelector: selector,
        namespaceSelector: selector,
        ipBlock: strict({ cidr, except: { type: 'array', items: cidr } }, ['except']),
      },
      ['podSelector', 'namespaceSelector', 'ipBlock'],
    ),
    minProperties: 1,
  },
}

/** It may also be a bare number, as people write it. */
const cpu = { anyOf: [text(CPU), { type: 'number', exclusiveMinimum: 0, maximum: 1024 }] }

const quantities = strict(
  {
    cpu,
    memory: text(MEMORY),
    'ephemeral-storage': text(MEMORY),
  },
  ['cpu', 'ephemeral-storage'],
)

const toleration = strict(
  {
    key: text(KEY),
    operator: { enum: ['Exists', 'Equal'] },
    value: text(LABEL_VALUE),
    effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    tolerationSeconds: integer(0, 86_400),
  },
  ['key', 'operator', 'value', 'effect', 'tolerationSeconds'],
)

const affinity = strict(
  { nodeAffinity: { type: 'object' }, podAffinity: { type: 'object' }, podAntiAffinity: { type: 'object' } },
  ['nodeAffinity', 'podAffinity', 'podAntiAffinity'],
)

const image = {
  tag: text(`^$|^${TAG}$`, { not: { const: 'latest' } }),
  digest: text('^$|^sha256:[a-f0-9]{64}$'),
}

/** An object of free keys with text: labels or annotations. */
export function mapOf(kind: 'label' | 'annotation'): object {
  const value = kind === 'label' ? text(LABEL_VALUE) : { type: 'string', maxLength: 65_536 }
  return { type: 'object', propertyNames: { pattern: KEY }, additionalProperties: value }
}

export const DEFINITIONS: Readonly<Record<string, Definition>> = {
  image: {
    description:
      'Another repository, tag or digest for this image; empty parts are those of `image`. A digest wins.',
    ...strict({ repository: text(`^$|^${REPOSITORY}$`), ...image }),
  },
  serverImage: {
    description:
      'Image of the bundled server, or one that starts in the same way. A digest wins over the tag.',
    ...strict({
      registry: text('^[a-zA-Z0-9.-]+(:[0-9]{1,5})?$'),
      repository: text(`^${REPOSITORY}$`),
      ...image,
      tag: text(`^${TAG}$`, { not: { const: 'latest' } }),
    }),
  },
  autoscaling: {
    description:
      'Scales the pods by processor use, with a HorizontalPodAutoscaler: as many as keep each at `targetCPU` on average. An event loop can use one processor.',
    ...strict({
      enabled: { type: 'boolean' },
      minReplicas: integer(1, 100),
      maxReplicas: integer(1, 100),
      targetCPU: cpu,
    }),
  },
  resources: {
    description: 'What a pod is given and may use.',
    ...strict({ requests: quantities, limits: quantities }, ['limits']),
  },
  extraEnv: {
    description: 'More environment, such as the settings in the README of the service.',
    type: 'object',
    propertyNames: { pattern: '^[A-Z][A-Z0-9_]{0,99}$' },
    additionalProperties: { type: 'string', maxLength: 20_000 },
  },
  scheduling: {
    description: 'Which nodes its pods may run on. Without an affinity, pods keep apart from their likes.',
    ...strict({
      priorityClassName: text(`^$|^${NAME}$`),
      nodeSelector: labels,
      tolerations: { type: 'array', items: toleration, maxItems: 50 },
      affinity,
    }),
  },
  secretName: { description: 'Name of a Secret.', ...text(`^$|^${NAME}$`) },
  secretKey: { description: 'Key in that Secret.', ...text('^[A-Za-z0-9._-]{1,253}$') },
  database: {
    description:
      'Secret with the URLs of its database: `urlKey` for the role that may only read and write rows, `migrationUrlKey` for the owner. `poolMax` is the most connections of one pod.',
    ...strict({
      existingSecret: text(`^$|^${NAME}$`),
      urlKey: text('^[A-Za-z0-9._-]{1,253}$'),
      migrationUrlKey: text('^[A-Za-z0-9._-]{1,253}$'),
      poolMax: integer(1, 200),
    }),
  },
  persistence: {
    description:
      'Its disk. Without one its data ends with its pod. The size is that of a new disk; an old one grows by its claim. Empty class: the default one of the cluster.',
    ...strict({ enabled: { type: 'boolean' }, size: text(MEMORY), storageClass: text(`^$|^${NAME}$`) }),
  },
  duration: { description: 'A length of time, such as `1m30s`.', ...poolTexts.duration },
  interval: { description: 'Time between two scrapes.', ...text('^[1-9][0-9]{0,4}(ms|s|m)$') },
  prewarm: {
    description: 'Times at which workers are started ahead of the crowd.',
    type: 'array',
    maxItems: 16,
    items: strict({
      schedule: poolTexts.schedule,
      timeZone: poolTexts.timeZone,
      duration: poolTexts.duration,
      replicas: integer(1, 256),
    }),
  },
  origin: { description: 'Scheme, host and port.', ...text(`^$|^https?://[a-zA-Z0-9.-]+(:${PORT})?$`) },
  proxies: {
    description: 'Addresses, CIDRs and names of ranges, separated by commas.',
    ...text(`^ *${PROXY} *(, *${PROXY} *)*$`, { maxLength: 500 }),
  },
  peers: { description: 'Peers as in a NetworkPolicy.', ...peers },
  externalPeer: {
    description: 'Peers as in a NetworkPolicy, and their port.',
    ...strict({ to: { ...peers, minItems: 1 }, port: integer(1, 65_535) }),
  },
}
