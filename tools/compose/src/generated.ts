import { ROOT } from '@medqueue/embedded'

import { type Chart, readChart } from './chart.ts'
import { composeFile } from './compose-file.ts'
import type { Container } from './container.ts'
import { exampleFile } from './env-file.ts'
import { jobs } from './jobs.ts'
import { processes } from './processes.ts'
import { placeholders, type SecretVariable } from './secrets.ts'
import { NATS_FILE, natsFile, servers } from './servers.ts'
import { composeWorld } from './world.ts'

export interface Composition {
  containers: Readonly<Record<string, Container>>
  secrets: readonly SecretVariable[]
}

/** Every container, and the secrets that .env must hold for them. */
export function compose(chart: Chart): Composition {
  const kept = placeholders()
  const world = composeWorld(chart, kept)
  const containers = { ...servers(chart, kept), ...jobs(world), ...processes(world) }
  return { containers, secrets: kept.asked() }
}

/** Every generated file by its path in the repository, with its text. */
export function generatedFiles(root = ROOT): Map<string, string> {
  const chart = readChart(root)
  const { containers, secrets } = compose(chart)
  return new Map([
    ['compose.yaml', composeFile(containers)],
    ['.env.example', exampleFile(chart, secrets)],
    [NATS_FILE, natsFile()],
  ])
}
