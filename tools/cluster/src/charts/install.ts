import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Progress } from '@medqueue/servers'
import { stringify } from 'yaml'

import { apply, type Command } from '../kubectl.ts'
import { ROOT } from '../layout.ts'
import { type Installation, OPERATOR_RELEASE, RELEASE } from './installation.ts'
import { assertNotOthers, MADE_HERE } from './maker.ts'
import { assertNoRival } from './operators.ts'
import { type ChartWorld, operatorValues, platformValues } from './values.ts'
import { watchPods } from './watch-pods.ts'

const WAIT = '10m'
const WAIT_MS = 660_000

export interface ChartsOptions {
  kubectl: Command
  helm: Command
  world: ChartWorld
  installation: Installation
  /** Whether the controllers' images are there. */
  hasControllers: boolean
  progress: Progress
}

/**
 * Installs or upgrades both charts. The operator goes first, since the platform's objects are of its kinds; it becomes
 * ready once the platform's broker is there. Throws CLUSTER_TAKEN, before anything is changed, when a release of that name
 * in a given cluster is somebody else's: it would lose the values that they have given it.
 */
export async function installCharts(options: ChartsOptions): Promise<void> {
  const { kubectl, progress, world, installation } = options
  const { namespace: place, operatorNamespace, wantsOperator } = installation
  const withOperator = wantsOperator && options.hasControllers
  if (world.kind === 'given') {
    await assertNotOthers(options.helm, place, RELEASE)
    if (withOperator) await assertNotOthers(options.helm, operatorNamespace, OPERATOR_RELEASE)
  }
  if (withOperator) await assertNoRival(kubectl, installation)
  await apply(kubectl, [place, ...(withOperator ? [operatorNamespace] : [])].map(namespace))
  if (withOperator) {
    await applyKinds(kubectl)
    await progress.track('chart medqueue-operator', async () => {
      await upgrade(options, 'medqueue-operator', {
        values: operatorValues(world, installation),
        wait: false,
      })
    })
  } else if (wantsOperator) progress.say('! the controllers are not built: the operator is left out')
  await progress.track('chart medqueue', async () => {
    const watch = watchPods({ kubectl, namespace: place, say: progress.say })
    const values = {
      ...platformValues(world, installation),
      ...(withOperator ? {} : { operator: { enabled: false } }),
    }
    await upgrade(options, 'medqueue', { values, wait: true }).finally(watch.stop)
  })
  if (!withOperator) return
  await progress.track('operator ready', async () => {
    await kubectl(
      [
        ...['wait', '--for=condition=Available', 'deployment', '--namespace', operatorNamespace],
        ...['--selector', `app.kubernetes.io/instance=${OPERATOR_RELEASE}`, '--timeout=180s'],
      ],
      { timeoutMs: 200_000 },
    )
  })
}

/** Helm installs definitions once and never upgrades them, so that is done here. */
async function applyKinds(kubectl: Command): Promise<void> {
  const folder = join(ROOT, 'charts/medqueue-operator/crds')
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', folder])
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', folder])
}

interface Upgrade {
  values: object
  wait: boolean
}

async function upgrade(
  { helm, installation }: ChartsOptions,
  chart: string,
  { values, wait }: Upgrade,
): Promise<void> {
  const { namespace: place, operatorNamespace, valueFiles, operatorValueFiles } = installation
  const [release, where, files] =
    chart === 'medqueue'
      ? [RELEASE, place, valueFiles]
      : [OPERATOR_RELEASE, operatorNamespace, operatorValueFiles]
  const waiting = wait ? ['--wait', '--timeout', WAIT] : []
  await helm(
    [
      ...['upgrade', '--install', release, join(ROOT, 'charts', chart), '--namespace', where],
      ...['--labels', `${MADE_HERE.name}=${MADE_HERE.value}`],
      // What a person says of it comes after what is said here.
      ...['-', ...files].flatMap((file) => ['--values', file]),
      ...waiting,
    ],
    { input: stringify(values), timeoutMs: WAIT_MS },
  )
}

/** A namespace whose pods must keep to the strictest profile. */
function namespace(name: string): object {
  const profile = 'pod-security.kubernetes.io'
  const labels = { [`${profile}/enforce`]: 'restricted', [`${profile}/warn`]: 'restricted' }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

/** True when both charts are in the repository. */
export const chartsExist = () =>
  ['medqueue', 'medqueue-operator'].every((name) => existsSync(join(ROOT, 'charts', name, 'Chart.yaml')))
