/** `make cluster-down`: ends the local cluster and takes everything away that it made on the machine, or on a given one. */
import { rmSync } from 'node:fs'

import { messageOf, progressOn } from '@medqueue/servers'

import { installationOf } from './charts/installation.ts'
import { removeCharts } from './charts/remove.ts'
import { kindRuns, stopKind } from './kind.ts'
import { commandFor } from './kubectl.ts'
import { clusterLayout } from './layout.ts'
import { stopNode, wasStarted } from './node/stop.ts'
import { findProgram, lookForProgram } from './programs/find.ts'
import { givenKubeconfig } from './target.ts'

const layout = clusterLayout()

async function main(): Promise<void> {
  const began = performance.now()
  const given = givenKubeconfig(process.env, layout.kubeconfig)
  if (given !== undefined) return takeAwayFrom(given, began)
  if (await kindRuns()) await stopKind()
  // Another Kubernetes on this machine has groups, tables and rules of the same names.
  const left = wasStarted(layout) ? await stopNode(layout) : []
  rmSync(layout.kubeconfig, { force: true })
  if (left.length === 0)
    return console.log(`cluster: gone in ${secondsSince(began)} s; images are kept in .data/cluster`)
  console.error(`This could not be removed: ${left.join(', ')}. Run \`make cluster-down\` again.`)
  process.exitCode = 1
}

/** A given cluster stays, and so does what holds data in it. */
async function takeAwayFrom(kubeconfig: string, began: number): Promise<void> {
  const progress = progressOn(process.stderr)
  const installation = installationOf(process.env)
  const program = async (name: string) =>
    commandFor((await lookForProgram(name)) ?? (await findProgram(name, progress.say)), kubeconfig)
  const [kubectl, helm] = [await program('kubectl'), await program('helm')]
  const { gone, kept } = await removeCharts({ kubectl, helm, installation, progress })
  progress.end()
  for (const reason of kept) console.error(`Left in place: ${reason}.`)
  const what = gone.length === 0 ? 'nothing of `make cluster` is there' : `${gone.join(' and ')} taken away`
  const stays = 'namespaces with volumes and generated passwords, and the definitions of the operator, stay'
  console.log(`cluster: ${what} in ${secondsSince(began)} s; ${stays}`)
}

const secondsSince = (began: number) => ((performance.now() - began) / 1000).toFixed(1)

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
