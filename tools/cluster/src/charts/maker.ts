import { ClusterError } from '../errors.ts'
import type { Command } from '../kubectl.ts'

/** A label of the releases that `make cluster` has installed: it changes no other, and takes no other away. */
export const MADE_HERE = { name: 'installed-by', value: 'make-cluster' } as const

/** A release that failed counts, too. Helm 3 and 4 have no other words for this in common. */
const EVERY_STATE = ['--deployed', '--failed', '--pending'] as const

/** Who has installed a release: `make cluster`, somebody else, or nobody, as there is none. */
export type Maker = 'us' | 'others' | 'nobody'

export async function makerOf(helm: Command, namespace: string, release: string): Promise<Maker> {
  const isThere = async (selector: readonly string[]) => {
    const flags = ['--namespace', namespace, '--filter', `^${release}$`, ...EVERY_STATE, '-o', 'json']
    return (JSON.parse(await helm(['list', ...flags, ...selector])) as unknown[]).length > 0
  }
  if (await isThere(['--selector', `${MADE_HERE.name}=${MADE_HERE.value}`])) return 'us'
  return (await isThere([])) ? 'others' : 'nobody'
}

/** Throws CLUSTER_TAKEN when somebody else has installed the release: they have given it values that it would lose. */
export async function assertNotOthers(helm: Command, namespace: string, release: string): Promise<void> {
  if ((await makerOf(helm, namespace, release)) !== 'others') return
  throw new ClusterError(
    'CLUSTER_TAKEN',
    `The release ${release} in the namespace ${namespace} was not installed by \`make cluster\`, which would give it other values: upgrade it with helm, or set CLUSTER_NAMESPACE to have another installation beside it.`,
  )
}
