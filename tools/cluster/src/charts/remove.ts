import type { Progress } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import type { Command } from '../kubectl.ts'
import { type Installation, OPERATOR_RELEASE, RELEASE } from './installation.ts'
import { makerOf } from './maker.ts'

const WAIT = '5m'
const WAIT_MS = 360_000

export interface RemovalOptions {
  kubectl: Command
  helm: Command
  installation: Installation
  progress: Progress
}

/** What became of an installation in a given cluster. */
export interface Removed {
  /** Releases that are gone, as `namespace/name`. */
  gone: string[]
  /** Why one was left, in a sentence each. */
  kept: string[]
}

/**
 * Takes the charts away that `make cluster` has installed in a given cluster, the platform first, so that the operator
 * lets its queues go. What holds data stays: namespaces with their volumes and the generated Secret, and the definitions,
 * which others may use. Throws CLUSTER_TAKEN when a release of that name is somebody else's.
 */
export async function removeCharts(options: RemovalOptions): Promise<Removed> {
  const { kubectl, installation, progress } = options
  const { namespace, operatorNamespace } = installation
  const removed: Removed = { gone: [], kept: [] }
  if (await isOurs(options, namespace, RELEASE)) {
    await progress.track(`chart ${RELEASE}`, async () => uninstall(options, namespace, RELEASE))
    removed.gone.push(`${namespace}/${RELEASE}`)
  }
  if (!(await isOurs(options, operatorNamespace, OPERATOR_RELEASE))) return removed
  const queues = await queuesLeft(kubectl, installation)
  if (queues.length > 0) {
    removed.kept.push(`the operator in ${operatorNamespace} still has the queues ${queues.join(', ')}`)
    return removed
  }
  await progress.track(`chart ${OPERATOR_RELEASE}`, async () =>
    uninstall(options, operatorNamespace, OPERATOR_RELEASE),
  )
  removed.gone.push(`${operatorNamespace}/${OPERATOR_RELEASE}`)
  return removed
}

/** False when there is no such release. */
async function isOurs({ helm }: RemovalOptions, namespace: string, release: string): Promise<boolean> {
  const maker = await makerOf(helm, namespace, release)
  if (maker !== 'others') return maker === 'us'
  throw new ClusterError(
    'CLUSTER_TAKEN',
    `The release ${release} in the namespace ${namespace} was not installed by \`make cluster\`: whoever did takes it away, with helm uninstall ${release} --namespace ${namespace}.`,
  )
}

async function uninstall({ helm }: RemovalOptions, namespace: string, release: string): Promise<void> {
  await helm(['uninstall', release, '--namespace', namespace, '--wait', '--timeout', WAIT], {
    timeoutMs: WAIT_MS,
  })
}

/** Queues that the operator would leave behind with a finalizer that nobody takes off. */
async function queuesLeft(kubectl: Command, { watchNamespace }: Installation): Promise<string[]> {
  const where = watchNamespace === '' ? ['--all-namespaces'] : ['--namespace', watchNamespace]
  const { items } = JSON.parse(
    await kubectl(['get', 'bookingqueues.medqueue.dev', ...where, '-o', 'json']),
  ) as {
    items: { metadata: { name: string; namespace: string } }[]
  }
  return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
}
