import { NAMESPACE, RELEASE } from '../charts/installation.ts'
import { ClusterError } from '../errors.ts'
import { commandFor } from '../kubectl.ts'
import {
  type EnvironmentVariable,
  resolveEnvironment,
  type SecretVolume,
  serviceIn,
  throughPort,
} from './environment.ts'
import { type Forward, openForward } from './forward.ts'

export interface PlatformOptions {
  /** Path of kubectl. */
  kubectl: string
  kubeconfig: string
  /** Where patients reach it; the issuer's origin when not given. */
  ingress?: string | undefined
  /** Where it is installed, when not where `make cluster` puts it. */
  namespace?: string | undefined
}

/** A way to the platform that the chart has installed in a cluster, and to the servers behind it. */
export interface PlatformAccess {
  base: URL
  /** As it stands in tokens. */
  issuer: string
  /** Environment of a component such as `booking-api`, with what its Secrets hold. */
  environment: (component: string) => Promise<Record<string, string>>
  /** The URL of a server as a component has it, so that it can be reached from here until `close`. */
  reach: (url: string) => Promise<string>
  /** Closes every way that was opened. */
  close: () => Promise<void>
}

interface Deployment {
  spec: { template: { spec: { containers: { env?: EnvironmentVariable[] }[]; volumes?: SecretVolume[] } } }
}

/** Opens the platform in the cluster of a kubeconfig. Throws CLUSTER_NOT_READY when there is none. */
export async function openPlatform({
  kubectl: file,
  kubeconfig,
  ingress,
  namespace = NAMESPACE,
}: PlatformOptions): Promise<PlatformAccess> {
  const kubectl = commandFor(file, kubeconfig)
  const forwards: Forward[] = []
  const read = async (what: string, ...more: string[]): Promise<unknown> =>
    JSON.parse(await kubectl(['get', what, '--namespace', namespace, '-o', 'json', ...more]))

  const readSecret = async (name: string) => {
    const { data = {} } = (await read(`secret/${name}`)) as { data?: Record<string, string> }
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    )
  }
  const environment = async (component: string) => {
    const { spec } = (await read(`deployment/${RELEASE}-${component}`)) as Deployment
    const { containers, volumes } = spec.template.spec
    return resolveEnvironment({ variables: containers[0]?.env ?? [], volumes }, readSecret)
  }
  const reach = async (url: string) => {
    const { items } = (await read('services')) as { items: { metadata: { name: string } }[] }
    const service = serviceIn(url, new Set(items.map(({ metadata }) => metadata.name)))
    if (service === undefined) return url
    const port = Number(new URL(url).port)
    const forward = await openForward({ kubectl: file, kubeconfig, namespace, service, port })
    forwards.push(forward)
    return throughPort(url, forward.port)
  }
  const issuer = (await environment('identity').catch(notThere)).ISSUER ?? ''
  return {
    base: new URL(ingress ?? new URL(issuer).origin),
    issuer,
    environment,
    reach,
    close: async () => {
      await Promise.all(forwards.splice(0).map(async (forward) => forward.close()))
    },
  }
}

function notThere(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new ClusterError('CLUSTER_NOT_READY', `There is no platform in this cluster: ${reason}`, { cause })
}
