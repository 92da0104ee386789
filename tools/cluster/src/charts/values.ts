/** Values of the charts: for a cluster that pulls nothing, and for one that somebody gave. */
import { type Installation, NAMESPACE, RELEASE } from './installation.ts'

export interface LocalImages {
  /** Tag of our own images. */
  tag: string
  /** `docker.io/local/nats:2.15` and the like by name. */
  servers: Readonly<Record<string, string>>
}

/** Where the charts are installed. */
export type ChartWorld =
  | {
      kind: 'local'
      images: LocalImages
      /** Where a person reaches the ingress. */
      publicUrl: string
    }
  /** A cluster that somebody gave: the charts' own values, and the images that were pushed for it. */
  | {
      kind: 'given'
      pushed?: {
        /** `host/place`. */
        registry: string
        tag: string
      }
    }

const asking = (cpu: string) => ({ resources: { requests: { cpu } } })

/**
 * What is asked for fits on a node of two processors, and is also the share that each pod has of them when a crowd
 * keeps both busy: what a booking passes through must get as much as what takes bookings in, or requests come in that
 * nobody decides. Workers that asked for a tenth of this starved beside the ingress, and started in 26 seconds.
 */
const oneNode = {
  gateway: asking('25m'),
  identity: asking('25m'),
  bookingWorker: asking('100m'),
  // The fewer lanes and workers, the more requests share one write to the disk; more workers would only share the
  // processors out among themselves.
  booking: { partitions: 8 },
  operator: { pool: { maxReplicas: 4 } },
}

/** As much of an installation as values depend on. */
type Place = Pick<Installation, 'namespace' | 'operatorNamespace' | 'watchNamespace'>

const DEFAULT_PLACE: Place = { namespace: NAMESPACE, operatorNamespace: '', watchNamespace: '' }

/** Values of charts/medqueue: our images, the bundled servers, any host name, demonstration data. */
export function platformValues(world: ChartWorld, place: Place = DEFAULT_PLACE): object {
  if (world.kind === 'given') return { ...givenValues(world), ...operatorOutside(place) }
  const { images, publicUrl } = world
  const server = (name: string) => ({ image: serverImage(images.servers[name] ?? '') })
  return {
    image: ownImages(images),
    publicUrl,
    ingress: { host: '', className: 'traefik' },
    nats: server('nats'),
    postgresql: server('postgres'),
    redis: server('redis'),
    demo: { enabled: true },
    ...oneNode,
    // This node's kubelet does not account for local storage.
    ephemeralStorage: false,
    // Whoever works on one node with a load generator comes from one address.
    rateLimitPerMinute: 0,
    ...operatorOutside(place),
  }
}

/** Lets the operator of a further installation use its broker. */
function operatorOutside({ operatorNamespace, watchNamespace }: Place): object {
  if (watchNamespace === '') return {}
  const matchLabels = { 'kubernetes.io/metadata.name': operatorNamespace }
  return { networkPolicy: { operatorFrom: [{ namespaceSelector: { matchLabels } }] } }
}

/** Values of charts/medqueue-operator: our images, and the broker that the other chart brings. */
export function operatorValues(world: ChartWorld, place: Place = DEFAULT_PLACE): object {
  const { namespace, watchNamespace } = place
  const broker = `${RELEASE}-nats.${namespace}.svc`
  const nats = { url: `nats://${broker}:4222`, monitorUrl: `http://${broker}:8222` }
  const common = { nats, ...(watchNamespace === '' ? {} : { watchNamespace }) }
  if (world.kind === 'given') return { ...givenValues(world), ...common }
  return { image: ownImages(world.images), ...common, ephemeralStorage: false }
}

function givenValues({ pushed }: ChartWorld & { kind: 'given' }): object {
  if (pushed === undefined) return {}
  const { registry, repository } = serverImage(`${pushed.registry}/medqueue:${pushed.tag}`)
  return { image: { registry, repository, tag: pushed.tag } }
}

function ownImages({ tag }: LocalImages): object {
  return { registry: 'docker.io', repository: 'local/medqueue', tag, pullPolicy: 'IfNotPresent' }
}

/** `docker.io/local/nats:2.15` in the parts that the chart asks for. */
export function serverImage(reference: string): { registry: string; repository: string; tag: string } {
  const match = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference)
  if (match === null) throw new RangeError(`${reference} is no image with registry and tag.`)
  const [, registry = '', repository = '', tag = ''] = match
  return { registry, repository, tag }
}
