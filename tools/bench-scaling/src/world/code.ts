import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import { OPERATOR_NAMESPACE, readImages } from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'
import { onPath, run } from '@medqueue/servers'

import type { Code } from '../origin.ts'
import { PODS } from './kinds.ts'

/** Whoever runs beside the leader costs too. */
export const OPERATOR = 'app.kubernetes.io/component=worker-pool'

const ROOT = resolve(import.meta.dirname, '../../../..')

/**
 * What decides, with what a pool has where its spec says nothing, and how it reaches Kubernetes and the broker. The rest of an
 * image does not change a run.
 */
const OPERATOR_PARTS = [
  'controllers/worker-pool/src',
  'packages/contracts/src/kubernetes',
  'packages/operator-kit/src',
  'packages/messaging/src',
]
/** How the operator is started, and what it may take: `make cluster` installs the chart of the checkout. */
const CHART_PARTS = [
  'crds/bookingworkerpools.medqueue.dev.yaml',
  'templates/_controller.tpl',
  'templates/controllers.yaml',
  'values.yaml',
].map((part) => join('charts/medqueue-operator', part))
const WORKER_PARTS = ['tools/bench-worker/src']
const BENCH = 'tools/bench-scaling/src'
const BENCH_PARTS = [
  ...['bench.ts', 'clock.ts', 'plan.ts', 'run.ts', 'keda', 'lanes', 'measure', 'world'].map((part) =>
    join(BENCH, part),
  ),
  'controllers/worker-pool/sim/traces.ts',
]

/**
 * What is measured and what measures: hashes of the sources that the images in the cluster were built from, and of the
 * bench's own. Throws when the operator in the cluster is not of the images that were built last.
 */
export async function readCode(client: KubeClient): Promise<Code> {
  const { folders, references } = readImages()
  const { items } = await client.list(PODS, { namespace: OPERATOR_NAMESPACE, labelSelector: OPERATOR })
  const other = items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ spec }) => spec.containers.map(({ image }) => image))
    .find((image) => !references.apps.includes(image))
  if (other !== undefined) {
    throw new Error(`The cluster runs ${other}, and other images were built since: run \`make cluster\`.`)
  }
  const context = resolve(folders.apps, '../context')
  return {
    operator: operatorHash(context, ROOT),
    worker: hashOf(context, WORKER_PARTS),
    bench: hashOf(ROOT, BENCH_PARTS),
    commit: await commitHere(),
  }
}

/** Of the operator: its program from the context of its image, its chart from the checkout. */
export const operatorHash = (context: string, root: string): string =>
  `${hashOf(context, OPERATOR_PARTS)}-${hashOf(root, CHART_PARTS)}`

/** Changes when a file below one of the paths does, or its name. Ten hexadecimal digits. */
export function hashOf(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of paths.flatMap((path) => filesAt(join(root, path)))) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex').slice(0, 10)
}

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesAt(join(path, name)))
}

/** Of this checkout, to find it again; a copy without its history has none. */
async function commitHere(): Promise<string> {
  const git = await onPath('git')
  if (git === undefined) return 'unknown'
  return run(git, ['describe', '--always', '--dirty'], { cwd: ROOT }).then(
    (text) => text.trim(),
    () => 'unknown',
  )
}
