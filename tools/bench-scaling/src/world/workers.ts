import { scalingSubjectsOf } from '@medqueue/contracts'
import { waitFor } from '@medqueue/cluster'
import { isNotFound, type KubeClient } from '@medqueue/operator-kit'

import { DEPLOYMENTS, NAMESPACES, type Pod, PODS } from './kinds.ts'
import { CONSUMER, LABELS, NAMESPACE, POOL, STREAM, WORKERS } from './names.ts'

/** How long a worker works on a message; milliseconds. */
const WORK_MS = 25

const GONE_MS = 60_000

export interface WorkersOptions {
  client: KubeClient
  image: string
  natsUrl: string
}

/** The workers' own place, under the strictest profile. */
export async function makeNamespace(client: KubeClient): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await client.apply(NAMESPACES, { metadata: { name: NAMESPACE, labels } })
}

export async function removeNamespace(client: KubeClient): Promise<void> {
  const key = { namespace: '', name: NAMESPACE }
  await client.delete(NAMESPACES, key)
  await waitFor(
    async () => {
      if ((await client.find(NAMESPACES, key)) !== undefined) throw new Error('it is still there')
    },
    { what: `the end of namespace ${NAMESPACE}`, timeoutMs: GONE_MS },
  )
}

/** A Deployment of workers of which none runs. */
export async function makeWorkers({ client, image, natsUrl }: WorkersOptions): Promise<void> {
  const spec = {
    replicas: 0,
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: podSpec(image, natsUrl) },
  }
  await client.create(DEPLOYMENTS, { metadata: { ...WORKERS }, spec })
}

/** Ends the workers, whoever has asked for them, and waits until the last is gone. */
export async function removeWorkers(client: KubeClient): Promise<void> {
  await endWorkers(client)
  await client.delete(DEPLOYMENTS, WORKERS, { propagationPolicy: 'Background' })
}

/** Asks for no worker any more and waits until none is there. A scaler that still acts may ask for them again. */
export async function endWorkers(client: KubeClient): Promise<void> {
  try {
    await client.patch(DEPLOYMENTS, WORKERS, { spec: { replicas: 0 } })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  await waitFor(
    async () => {
      const { items } = await client.list(PODS, { namespace: NAMESPACE })
      await Promise.all(items.filter(isEnding).map(async (pod) => forget(client, pod)))
      if (items.length > 0) throw new Error(`${items.length} are still there`)
    },
    { what: 'the end of the workers', timeoutMs: GONE_MS, everyMs: 100 },
  )
}

const isEnding = ({ metadata }: Pod) => metadata.deletionTimestamp !== undefined

/** Nothing is left for them to do, so that nobody need wait until the node has told of their end. */
async function forget(client: KubeClient, { metadata: { name, uid } }: Pod): Promise<void> {
  const key = { namespace: NAMESPACE, name }
  await client.delete(PODS, key, { gracePeriodSeconds: 0, preconditions: { uid } })
}

/** Without any volume: kubelet looks for volumes only every 300 ms, which would be added to every start. */
function podSpec(image: string, natsUrl: string): object {
  const subjects = scalingSubjectsOf()
  const env = {
    NATS_URL: natsUrl,
    STREAM,
    CONSUMER,
    POOL,
    HEARTBEAT_SUBJECT: subjects.heartbeat(POOL),
    // Kubernetes puts the name in.
    DRAIN_SUBJECT: subjects.drain('$(POD_NAME)'),
    WORK_MS: String(WORK_MS),
  }
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'worker',
        image,
        imagePullPolicy: 'IfNotPresent',
        env: [
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ...Object.entries(env).map(([name, value]) => ({ name, value })),
        ],
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
        resources: { requests: { cpu: '10m', memory: '32Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  }
}
