/** `make cluster`: a Kubernetes with Medqueue on it, whichever can be had. */
import { messageOf, onPath, progressOn, run } from '@medqueue/servers'

import { installAddons, nodeReady } from './addons/install.ts'
import { traefikObjects } from './addons/traefik.ts'
import { readAddress } from './charts/address.ts'
import { chartsExist, installCharts } from './charts/install.ts'
import { type Installation, installationOf } from './charts/installation.ts'
import type { ChartWorld } from './charts/values.ts'
import { type BuiltImages, buildImages } from './images.ts'
import { kindRuns, loadIntoKind, startKind } from './kind.ts'
import { apply, type Command, commandFor } from './kubectl.ts'
import { clusterLayout, ingressUrl } from './layout.ts'
import { importImages } from './node/import-images.ts'
import { requirements } from './node/requirements.ts'
import { startNode } from './node/start.ts'
import { liveSupervisor } from './node/supervisor-file.ts'
import { findProgram, lookForProgram } from './programs/find.ts'
import { chooseTarget, type Target } from './target.ts'

const layout = clusterLayout()
const progress = progressOn(process.stderr)
const bare = process.argv.includes('--bare')

async function main(): Promise<void> {
  const began = performance.now()
  const installation = installationOf(process.env)
  const target = await findTarget()
  const kubeconfig = target.kind === 'given' ? target.kubeconfig : layout.kubeconfig
  if (target.kind === 'node') await upNode()
  if (target.kind === 'kind') await upKind()
  const images = target.kind === 'given' ? undefined : await imagesFor(target)
  const { kubectl, helm } = await commands(target, kubeconfig)
  if (target.kind === 'node') await finishNode(kubectl)
  if (target.kind === 'kind')
    await apply(kubectl, traefikObjects({ listen: `0.0.0.0:${layout.ingressPort}` }))
  if (!bare) await charts({ target, kubectl, helm, images, installation })
  progress.end()
  const seconds = Math.round((performance.now() - began) / 1000)
  const place =
    target.kind === 'given' && !bare ? await readAddress(kubectl, installation) : ingressUrl(layout)
  console.log(`cluster: ready in ${seconds} s, ingress ${place}, export KUBECONFIG=${kubeconfig}`)
}

async function findTarget(): Promise<Target> {
  const docker = await onPath('docker')
  const dockerWorks = docker !== undefined && (await answers(docker, ['version']))
  return chooseTarget({
    env: process.env,
    ownKubeconfig: layout.kubeconfig,
    nodeRuns: liveSupervisor(layout) !== undefined,
    dockerWorks,
    kindInstalled: (await onPath('kind')) !== undefined,
  })
}

async function answers(file: string, args: readonly string[]): Promise<boolean> {
  return run(file, args, { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  )
}

async function upNode(): Promise<void> {
  const needs = await progress.track('programs', async () => requirements(progress.say))
  await progress.track('Kubernetes', async () => startNode(layout, needs))
}

async function upKind(): Promise<void> {
  await progress.track(`kind${(await kindRuns()) ? '' : ' (new cluster)'}`, async () => startKind(layout))
}

/** kind has names and pauses of its own, and takes images from Docker itself. */
const KIND_IMAGES = {
  IMAGE_ENGINE: 'docker',
  IMAGE_SERVERS: 'traefik nats redis postgres',
  IMAGE_SAVE: '0',
}

/** Builds the images and brings them to where the pods will be. */
async function imagesFor(target: Target): Promise<BuiltImages> {
  const images = await buildImages(target.kind === 'kind' ? KIND_IMAGES : {})
  const { apps, servers } = images.references
  await progress.track('images in the cluster', async () => {
    if (target.kind === 'kind') return loadIntoKind([...servers, ...apps])
    const ctr = (await requirements(progress.say)).programs.get('ctr') ?? 'ctr'
    await importImages(layout, ctr, { folder: images.folders.servers, references: servers })
    await importImages(layout, ctr, { folder: images.folders.apps, references: apps })
  })
  return images
}

async function finishNode(kubectl: Command): Promise<void> {
  await progress.track('node ready', async () => nodeReady(kubectl, layout))
  await progress.track('names, ingress, volumes', async () => installAddons(kubectl, layout))
}

async function commands(target: Target, kubeconfig: string): Promise<{ kubectl: Command; helm: Command }> {
  const program = async (name: string) => {
    const installed = target.kind === 'node' ? undefined : await lookForProgram(name)
    return commandFor(installed ?? (await findProgram(name, progress.say)), kubeconfig)
  }
  return { kubectl: await program('kubectl'), helm: await program('helm') }
}

interface ChartStep {
  target: Target
  kubectl: Command
  helm: Command
  images: BuiltImages | undefined
  installation: Installation
}

async function charts({ target, images, ...step }: ChartStep): Promise<void> {
  if (!chartsExist()) return progress.say('! the charts are not there: nothing is installed')
  const registry = process.env.IMAGE_REGISTRY ?? ''
  const built = images ?? (registry === '' ? undefined : await buildImages())
  const hasControllers = built?.hasControllers ?? true
  await installCharts({ ...step, progress, hasControllers, world: worldOf(target, built, registry) })
}

function worldOf(target: Target, built: BuiltImages | undefined, registry: string): ChartWorld {
  if (built === undefined) return { kind: 'given' }
  if (target.kind === 'given') return { kind: 'given', pushed: { registry, tag: built.tag } }
  return { kind: 'local', images: built, publicUrl: ingressUrl(layout) }
}

main().catch((error: unknown) => {
  progress.end()
  console.error(messageOf(error))
  process.exitCode = 1
})
