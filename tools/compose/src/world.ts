import { relative } from 'node:path'

import { chosenServices, migrationFolders, ROOT, seedPrograms, type Surroundings } from '@medqueue/embedded'

import type { Chart } from './chart.ts'
import { composeUrls } from './network.ts'
import type { Placeholders } from './secrets.ts'

/** What the containers of ours are made of. */
export interface World {
  chart: Chart
  surroundings: Surroundings
  services: readonly string[]
  /** Services that have a database. */
  migrated: readonly string[]
  /** Program that fills a service's database for the demonstration. */
  seeds: Readonly<Record<string, string>>
}

export function composeWorld(chart: Chart, { secrets }: Placeholders): World {
  const services = chosenServices({})
  const migrated = Object.keys(migrationFolders(services))
  const databases = Object.fromEntries(migrated.map((service) => [service, databaseOf(service, secrets)]))
  const urls = composeUrls(secrets.get('redis'))
  const seeds = Object.fromEntries(
    seedPrograms(services).map(([service, file]) => [service, relative(ROOT, file)]),
  )
  return { chart, services, migrated, seeds, surroundings: { urls, databases, secrets } }
}

function databaseOf(service: string, secrets: Surroundings['secrets']) {
  const name = `medqueue_${service}`
  const url = (role: 'owner' | 'app') =>
    `postgres://${name}_${role}:${secrets.get(`database.${service}.${role}`)}@postgres:5432/${name}`
  return { ownerUrl: url('owner'), appUrl: url('app') }
}

/** The image of a service: of a release, unless .env names others. */
export function imageOf(service: string, { values, version }: Chart): string {
  const { registry, repository } = values.image
  return `\${MEDQUEUE_IMAGE:-${registry}/${repository}}-${service}:\${MEDQUEUE_TAG:-${version}}`
}
