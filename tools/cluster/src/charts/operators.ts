import type { Command } from '../kubectl.ts'
import { ClusterError } from '../errors.ts'
import type { Installation } from './installation.ts'

/** As much of a controller's Deployment as is looked at. */
export interface ControllerDeployment {
  metadata: { name: string; namespace: string }
  spec: { template: { spec: { containers: { env?: { name: string; value?: string }[] }[] } } }
}

/**
 * Namespaces of operators that would act on the same queues and pools as ours. Two that hold different brokers would each
 * set the number of workers by a queue that the other does not see.
 */
export function rivalsOf(
  deployments: readonly ControllerDeployment[],
  { operatorNamespace, watchNamespace }: Pick<Installation, 'operatorNamespace' | 'watchNamespace'>,
): string[] {
  const rivals = deployments.filter((deployment) => {
    const watched = watchedBy(deployment)
    const overlaps = watched === '' || watchNamespace === '' || watched === watchNamespace
    return deployment.metadata.namespace !== operatorNamespace && overlaps
  })
  return [...new Set(rivals.map(({ metadata }) => metadata.namespace))]
}

function watchedBy({ spec }: ControllerDeployment): string {
  const environment = spec.template.spec.containers.flatMap(({ env = [] }) => env)
  return environment.find(({ name }) => name === 'WATCH_NAMESPACE')?.value ?? ''
}

/** Throws CLUSTER_TAKEN when another operator already looks after what ours is for. */
export async function assertNoRival(kubectl: Command, installation: Installation): Promise<void> {
  const selector = ['--selector', 'app.kubernetes.io/name=medqueue-operator']
  const { items } = JSON.parse(
    await kubectl(['get', 'deployments', '--all-namespaces', ...selector, '-o', 'json']),
  ) as { items: ControllerDeployment[] }
  const [rival] = rivalsOf(items, installation)
  if (rival === undefined) return
  const ours = installation.watchNamespace === '' ? 'every namespace' : installation.watchNamespace
  throw new ClusterError(
    'CLUSTER_TAKEN',
    `The operator in the namespace ${rival} watches ${ours} too, and two would fight over the workers: give that one a watchNamespace of its own, or set CLUSTER_OPERATOR=none to do without one here.`,
  )
}
