/** `make cluster-down`: ends the local cluster and takes everything away that it made on the machine. */
import { messageOf } from '@medqueue/servers'

import { kindRuns, stopKind } from './kind.ts'
import { clusterLayout } from './layout.ts'
import { stopNode } from './node/stop.ts'

async function main(): Promise<void> {
  const began = performance.now()
  if (await kindRuns()) await stopKind()
  const left = await stopNode(clusterLayout())
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (left.length === 0) return console.log(`cluster: gone in ${seconds} s; images are kept in .data/cluster`)
  console.error(`This could not be removed: ${left.join(', ')}. Run \`make cluster-down\` again.`)
  process.exitCode = 1
}

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
