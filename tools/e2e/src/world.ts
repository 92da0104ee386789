import {
  clusterLayout,
  type Command,
  commandFor,
  findProgram,
  NAMESPACE,
  openPlatform,
  OPERATOR_NAMESPACE,
  OPERATOR_RELEASE,
  type PlatformAccess,
  RELEASE,
} from '@medqueue/cluster'
import { createClient, type KubeClient, loadKubeConfig, type ObjectKey } from '@medqueue/operator-kit'

import { type Settings, settingsOf } from './settings.ts'

/** The objects of the installation that is tried. */
export const INSTALLATION = {
  namespace: NAMESPACE,
  release: RELEASE,
  operatorNamespace: OPERATOR_NAMESPACE,
  operatorRelease: OPERATOR_RELEASE,
  queue: { namespace: NAMESPACE, name: `${RELEASE}-booking` },
  pool: { namespace: NAMESPACE, name: `${RELEASE}-booking` },
  workers: { namespace: NAMESPACE, name: `${RELEASE}-booking-worker` },
  poolController: { namespace: OPERATOR_NAMESPACE, name: `${OPERATOR_RELEASE}-worker-pool` },
  poolLease: { namespace: OPERATOR_NAMESPACE, name: 'medqueue-worker-pool' },
} as const satisfies Record<string, string | ObjectKey>

/** Deployments of the platform whose number the chart sets, by component. */
export const SERVICES = ['gateway', 'identity', 'directory', 'scheduling', 'booking-api', 'realtime'] as const

/** Everything a behaviour needs to act on the cluster and to look at it. */
export interface World {
  settings: Settings
  kubectl: Command
  helm: Command
  client: KubeClient
  platform: PlatformAccess
  /** The servers behind the platform, open while the work goes on. */
  withServers: <T>(work: (servers: Servers) => Promise<T>) => Promise<T>
}

export interface Servers {
  /** The booking database, as the services' own role. */
  databaseUrl: string
  natsUrl: string
  prefix: string
}

/** The kubeconfig in KUBECONFIG, else that of the cluster that `make cluster` has made here. */
export const kubeconfigOf = (env: NodeJS.ProcessEnv): string =>
  (env.KUBECONFIG ?? '') === '' ? clusterLayout(env).kubeconfig : (env.KUBECONFIG ?? '')

/** Opens the cluster of KUBECONFIG. Throws ClusterError when there is no platform in it. */
export async function openWorld(env: NodeJS.ProcessEnv): Promise<World> {
  const kubeconfig = kubeconfigOf(env)
  const [kubectl, helm] = [await findProgram('kubectl'), await findProgram('helm')]
  const open = async () => openPlatform({ kubectl, kubeconfig, ingress: env.INGRESS_URL })
  return {
    settings: settingsOf(env),
    kubectl: commandFor(kubectl, kubeconfig),
    helm: commandFor(helm, kubeconfig),
    client: createClient({
      kubeConfig: loadKubeConfig({ ...env, KUBECONFIG: kubeconfig }),
      fieldManager: 'medqueue-e2e',
    }),
    platform: await open(),
    withServers: async (work) => {
      // Ways of its own: those opened before lead to pods that may be gone.
      const platform = await open()
      try {
        const { DATABASE_URL, NATS_URL, SUBJECT_PREFIX } = await platform.environment('booking-api')
        const databaseUrl = await platform.reach(DATABASE_URL ?? '')
        return await work({
          databaseUrl,
          natsUrl: await platform.reach(NATS_URL ?? ''),
          prefix: SUBJECT_PREFIX ?? '',
        })
      } finally {
        await platform.close()
      }
    },
  }
}
