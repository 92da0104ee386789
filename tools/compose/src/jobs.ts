import { type Chart, memoryOf } from './chart.ts'
import { after, type Container, SCRATCH } from './container.ts'
import { VOLUMES, volumeJob } from './servers.ts'
import { imageOf, type World } from './world.ts'

/** Everything that ends by itself: volumes, databases and tables, the demonstration's data. */
export function jobs(world: World): Record<string, Container> {
  return { ...volumeJobs(world), ...migrations(world), ...fillings(world) }
}

/**
 * Docker gives a new volume to root, unless the first container that mounts it has something at that place: then the
 * volume gets the mode of that folder. So each is mounted once over the `/tmp` of an image of ours, where everybody may
 * write, and no process has to be root to change an owner.
 */
function volumeJobs({ chart }: World): Record<string, Container> {
  const names = Object.keys(VOLUMES) as (keyof typeof VOLUMES)[]
  return Object.fromEntries(
    names.map((source): [string, Container] => [
      volumeJob(source),
      {
        image: imageOf('booking', chart),
        command: ['--eval', ''],
        network_mode: 'none',
        volumes: [{ type: 'volume', source, target: '/tmp' }],
        restart: 'no',
      },
    ]),
  )
}

function migrations({ chart, surroundings, migrated }: World): Record<string, Container> {
  const { secrets, databases } = surroundings
  const wait = String(chart.values.migrations.waitSeconds)
  return Object.fromEntries(
    migrated.map((service) => [
      `migrate-${service}`,
      {
        ...job(service, chart),
        command: [
          'packages/database/src/prepare.ts',
          '--migrations',
          `services/${service}/migrations`,
          '--wait-seconds',
          wait,
        ],
        environment: {
          ADMIN_DATABASE_URL: `postgres://postgres:${secrets.get('postgres.superuser')}@postgres:5432/postgres`,
          MIGRATION_DATABASE_URL: databases[service]?.ownerUrl ?? '',
          DATABASE_URL: databases[service]?.appUrl ?? '',
        },
        depends_on: after('service_healthy', ['postgres']),
      },
    ]),
  )
}

function fillings({ chart, surroundings, seeds }: World): Record<string, Container> {
  return Object.fromEntries(
    Object.entries(seeds).map(([service, file]) => [
      `seed-${service}`,
      {
        ...job(service, chart),
        command: [file],
        environment: { DATABASE_URL: surroundings.databases[service]?.appUrl ?? '' },
        depends_on: after('service_completed_successfully', [`migrate-${service}`]),
      },
    ]),
  )
}

function job(service: string, chart: Chart): Omit<Container, 'command'> {
  return {
    image: imageOf(service, chart),
    networks: ['servers'],
    tmpfs: [SCRATCH],
    mem_limit: memoryOf(chart.values.migrations),
    restart: 'no',
  }
}
