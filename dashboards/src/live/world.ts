import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findProgram } from '@medqueue/cluster'
import { freePortsOffset, startPlatform } from '@medqueue/embedded'
import { smoke } from '@medqueue/identity/smoke'
import { run } from '@medqueue/servers'

import type { Target } from './prometheus.ts'

/** A platform whose figures are looked at. */
export interface World {
  /** Where patients reach it, and what its tokens say. */
  base: URL
  issuer: string
  targets: Target[]
  hasOperator: boolean
  stop: () => Promise<void>
}

const NAMESPACE = 'medqueue'

/** The whole platform on this machine, without the operator: there is no Kubernetes for it. */
export async function embeddedWorld(): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'medqueue-dashboards-'))
  const platform = await startPlatform({ dataDir, portsOffset: await freePortsOffset(), quiet: true })
  const { urls } = platform
  const target = (job: string, url: string, index = 0): Target => {
    return { address: new URL(url).host, labels: { job, namespace: NAMESPACE, pod: `${job}-${index}` } }
  }
  const services = ['gateway', 'identity', 'directory', 'scheduling', 'realtime'] as const
  const worker = new URL(urls.booking[0] ?? '')
  worker.port = String(Number(worker.port) + 1)
  return {
    base: new URL(urls.gateway),
    issuer: urls.issuer,
    targets: [
      ...services.map((name) => target(name, urls[name])),
      ...urls.booking.map((url, index) => target('booking-api', url, index)),
      target('booking-worker', worker.href),
    ],
    hasOperator: false,
    stop: async () => {
      await platform.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

interface PodList {
  items: {
    metadata: { name: string; namespace: string; labels: Record<string, string> }
    spec: { containers: { ports?: { name?: string; containerPort: number }[] }[] }
    status: { podIP?: string; phase: string }
  }[]
}

/** The platform in the cluster of a kubeconfig whose pods can be reached from here, by its ingress. */
export async function clusterWorld(kubeconfig: string, ingress: string): Promise<World> {
  const [base, issuer] = [new URL(ingress), `${new URL(ingress).origin}/oidc`]
  // A pool that sleeps has no worker to look at.
  await smoke({ mode: 'booking', api: base, issuer })
  const kubectl = await findProgram('kubectl')
  const command = ['--kubeconfig', kubeconfig, 'get', 'pods', '--all-namespaces', '--output', 'json']
  const { items } = JSON.parse(
    await run(kubectl, [...command, '--selector', 'app.kubernetes.io/part-of=medqueue']),
  ) as PodList
  const targets = items.flatMap(({ metadata, spec, status }): Target[] => {
    const port = spec.containers[0]?.ports?.find(({ name }) => name === 'http')?.containerPort
    if (port === undefined || status.podIP === undefined || status.phase !== 'Running') return []
    const job = metadata.labels['app.kubernetes.io/component'] ?? ''
    const labels = { job, namespace: metadata.namespace, pod: metadata.name }
    return [{ address: `${status.podIP}:${port}`, labels }]
  })
  return {
    base,
    issuer,
    targets,
    hasOperator: targets.some(({ labels }) => labels.job === 'worker-pool'),
    stop: async () => undefined,
  }
}
