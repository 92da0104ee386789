import { CHOSEN, platformEnvironment } from '@medqueue/embedded'

import { type ChartValues, memoryOf } from './chart.ts'
import { after, type Container, SCRATCH } from './container.ts'
import { PORT, PUBLISHED } from './network.ts'
import { known } from './schemas.ts'
import { imageOf, type World } from './world.ts'

/** Asked by the container's own Node: the image has no other program. */
const READY = `fetch('http://127.0.0.1:${PORT}/readyz').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))`

/** Everything that runs until it is stopped. */
export function processes(world: World): Record<string, Container> {
  return Object.fromEntries(world.services.flatMap((service) => processesOf(service, world)))
}

function processesOf(service: string, world: World): [string, Container][] {
  if (service !== 'booking') return [[service, containerOf(service, 'main', world)]]
  const worker = containerOf(service, 'worker-main', world)
  return [
    ['booking-api', containerOf(service, 'api-main', world)],
    ['booking-worker', { ...worker, deploy: { replicas: workersOf(world.chart.values) } }],
  ]
}

const workersOf = ({ bookingWorker }: ChartValues) => `\${BOOKING_WORKERS:-${bookingWorker.replicas}}`

function containerOf(service: string, entry: string, world: World): Container {
  const { chart, surroundings, migrated, seeds } = world
  const before = [
    ...(migrated.includes(service) ? [`migrate-${service}`] : []),
    ...(service in seeds ? [`seed-${service}`] : []),
  ]
  const isGateway = service === 'gateway'
  const environment = known(`${service}/${entry}`, {
    HOST: '0.0.0.0',
    PORT: String(PORT),
    // Nobody is before the gateway: whatever it is told of a caller's address is the caller's own word.
    ...(isGateway ? {} : { TRUST_PROXY: chart.values.trustProxy }),
    ...settable(platformEnvironment(service, surroundings)),
    // Without a value, what .env or the shell says, and nothing when neither does.
    ...Object.fromEntries(CHOSEN.map((name) => [name, null])),
  })
  const reached = [
    ['NATS_URL', 'nats'],
    ['REDIS_URL', 'redis'],
  ].filter(([name = '']) => name in environment)
  return {
    image: imageOf(service, chart),
    command: [`services/${service}/src/${entry}.ts`],
    environment,
    depends_on: {
      ...after(
        'service_started',
        reached.map(([, server = '']) => server),
      ),
      ...after('service_completed_successfully', before),
    },
    healthcheck: {
      test: ['CMD', 'node', '--eval', READY],
      interval: '10s',
      timeout: '5s',
      retries: 4,
      start_period: '120s',
    },
    networks: ['services', 'servers'],
    ...(isGateway ? { ports: [`${PUBLISHED}:${PORT}`] } : {}),
    tmpfs: [SCRATCH],
    mem_limit: memoryOf(limitsOf(service, entry, chart.values)),
    stop_grace_period: '30s',
    restart: 'unless-stopped',
  }
}

/** What .env may say otherwise. */
const SETTABLE = new Set(['WAITING_ROOM_MODE'])

function settable(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      SETTABLE.has(name) ? `\${${name}:-${value}}` : value,
    ]),
  )
}

function limitsOf(service: string, entry: string, values: ChartValues) {
  if (service === 'booking') return entry === 'worker-main' ? values.bookingWorker : values.bookingApi
  return values[service as 'gateway' | 'identity' | 'directory' | 'scheduling' | 'realtime']
}
