/**
 * `make test-faults`: kills, pauses and fills parts of the booking core under load, and audits what is left. Exits 1
 * when a promise was broken, a fault was not survived, or a planted bug was not noticed. `SCENARIO=name` runs one.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { makeTown } from './driver/town.ts'
import { closingLine, progressLine, table } from './report.ts'
import { type Result, runScenario } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { createDatabases } from './stage/database.ts'
import { type Servers, startServers } from './stage/servers.ts'
import type { World } from './stage/stage.ts'

const DIRECTORY = join(import.meta.dirname, '../../../.data/faults')
const TOKEN_SECONDS = 3_600
/** Bounds a scenario that hangs, and all of them together. */
const SCENARIO_LIMIT_MS = 120_000
const RUN_LIMIT_MS = 470_000

function chosen(name: string | undefined): readonly Scenario[] {
  if (name === undefined || name === '') return SCENARIOS
  const found = SCENARIOS.filter((scenario) => scenario.name === name)
  if (found.length > 0) return found
  throw new Error(`SCENARIO=${name} is none of: ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`)
}

async function createWorld(servers: Servers): Promise<World> {
  const town = makeTown(Date.now() / 1000, randomUUID)
  const databases = await createDatabases(servers.postgresUrl, town)
  const exp = Math.floor(Date.now() / 1000) + TOKEN_SECONDS
  const tokens = town.patients.map((sub) => servers.issuer.token({ sub, roles: ['patient'], exp }))
  return { servers, databases, town, tokens }
}

async function main(): Promise<number> {
  const scenarios = chosen(process.env.SCENARIO)
  const began = performance.now()
  console.log('starting PostgreSQL, NATS and Redis …')
  const servers = await startServers(DIRECTORY)
  const results: Result[] = []
  try {
    const world = await createWorld(servers)
    for (const [index, scenario] of scenarios.entries()) {
      console.log(`${index + 1}/${scenarios.length} ${scenario.title} …`)
      const left = Math.max(0, began + RUN_LIMIT_MS - performance.now())
      const result = await runScenario(world, scenario, Math.min(SCENARIO_LIMIT_MS, left))
      results.push(result)
      console.log(`  ${progressLine(result)}`)
    }
  } finally {
    await servers.close()
  }
  console.log(
    `\n${table(results)}\n\n${((performance.now() - began) / 1000).toFixed(0)} s, logs in ${DIRECTORY}`,
  )
  console.log(closingLine(results))
  return results.every(({ passed }) => passed) ? 0 : 1
}

// Children follow us: servers and services are told by the kernel, the driver by its closed channel.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
