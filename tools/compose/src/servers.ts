import {
  INITDB_SETTINGS,
  natsConfig,
  type NatsPlace,
  POSTGRES_SETTINGS,
  REDIS_SETTINGS,
} from '@medqueue/servers'

import { type Chart, memoryOf, referenceOf } from './chart.ts'
import { after, type Container } from './container.ts'
import type { Placeholders } from './secrets.ts'

/** Where the broker's configuration is, in the repository. */
export const NATS_FILE = 'tools/compose/nats.conf'

const NATS_PLACE: NatsPlace = { listen: '0.0.0.0:4222', http: '0.0.0.0:8222', store: '/data' }

/** Folders that outlive a container, by the server that owns them. */
export const VOLUMES = { postgres: '/var/lib/postgresql/data', nats: '/data' } as const

/** The job that makes a volume ready for its server. */
export const volumeJob = (server: keyof typeof VOLUMES) => `volume-${server}`

/** PostgreSQL writes how it is into a file. The image may have no program to ask it with, but it has a shell. */
const POSTGRES_READY =
  'while read -r line; do case "$$line" in ready*) exit 0;; esac; done < "$$PGDATA/postmaster.pid"; exit 1'

/** PostgreSQL, NATS and Redis, with the settings that they have everywhere. */
export function servers({ values }: Chart, { secrets }: Placeholders): Record<string, Container> {
  const common = { networks: ['servers'], restart: 'unless-stopped' } as const
  return {
    postgres: {
      ...common,
      image: `\${POSTGRES_IMAGE:-${referenceOf(values.postgresql)}}`,
      command: Object.entries(POSTGRES_SETTINGS).flatMap(([name, value]) => [
        '-c',
        `${name}=${unquoted(value)}`,
      ]),
      environment: {
        PGDATA: `${VOLUMES.postgres}/18`,
        POSTGRES_INITDB_ARGS: ['--auth-host=scram-sha-256', ...INITDB_SETTINGS].join(' '),
        POSTGRES_PASSWORD: secrets.get('postgres.superuser'),
      },
      depends_on: prepared('postgres'),
      healthcheck: { test: ['CMD-SHELL', POSTGRES_READY], interval: '2s', timeout: '5s', retries: 90 },
      volumes: [mounted('postgres')],
      tmpfs: ['/tmp:size=128m,mode=1777', '/var/run/postgresql:size=16m,mode=1777'],
      shm_size: '128m',
      mem_limit: memoryOf(values.postgresql),
      stop_grace_period: '60s',
    },
    // These two images hold nothing but the server: who needs one says in its own health whether it can be reached.
    nats: {
      ...common,
      image: `\${NATS_IMAGE:-${referenceOf(values.nats)}}`,
      command: ['--config', '/etc/nats/nats.conf'],
      depends_on: prepared('nats'),
      volumes: [mounted('nats'), `./${NATS_FILE}:/etc/nats/nats.conf:ro`],
      tmpfs: ['/tmp:size=16m,mode=1777'],
      mem_limit: memoryOf(values.nats),
      stop_grace_period: '60s',
    },
    redis: {
      ...common,
      image: `\${REDIS_IMAGE:-${referenceOf(values.redis)}}`,
      command: ['--requirepass', secrets.get('redis'), '--dir', '/data', ...REDIS_SETTINGS],
      tmpfs: ['/data:size=16m,mode=1777'],
      mem_limit: memoryOf(values.redis),
    },
  }
}

/** The broker's configuration, as its container reads it. */
export function natsFile(): string {
  return `# Written by \`make generate-compose\`.\n${natsConfig(NATS_PLACE)}`
}

const prepared = (server: keyof typeof VOLUMES) =>
  after('service_completed_successfully', [volumeJob(server)])

/** Docker must not give the folder the owner that it has in the image: see `volumeJobs`. */
function mounted(source: keyof typeof VOLUMES) {
  return { type: 'volume', source, target: VOLUMES[source], volume: { nocopy: true } } as const
}

/** `'256MB'` as the file of settings has it. */
const unquoted = (value: string) => value.replace(/^'(.*)'$/, '$1')
