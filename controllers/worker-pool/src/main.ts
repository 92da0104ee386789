import { randomUUID } from 'node:crypto'

import { reachBroker } from '@medqueue/messaging'
import { createClient, createManager, loadKubeConfig, runProcess, systemClock } from '@medqueue/operator-kit'
import { ControllerConfig, loadConfig } from '@medqueue/service-kit/config'
import { createLogger } from '@medqueue/service-kit/logging'
import { secretUrl } from '@medqueue/service-kit/secret-url'
import { Registry } from 'prom-client'

import { addPoolController } from './controller.ts'
import { Rest, stopProcess } from './depth/rest.ts'

const NAME = 'worker-pool-controller'

const config = loadConfig(ControllerConfig)
const logger = createLogger({ service: NAME, version: '0.1.0', level: config.LOG_LEVEL })
const registry = new Registry()
const client = createClient({ kubeConfig: loadKubeConfig(), fieldManager: NAME, registry })
const manager = createManager({
  client,
  name: 'medqueue.dev/worker-pool',
  // A container that starts anew in the same pod is another candidate.
  identity: `${config.POD_NAME}-${randomUUID().slice(0, 8)}`,
  leaderElection: { lease: { namespace: config.POD_NAMESPACE, name: 'medqueue-worker-pool' } },
  registry,
  log: logger,
})
const broker = reachBroker(
  { url: secretUrl(config.NATS_URL, config.NATS_URL_FILE), monitorUrl: config.NATS_MONITOR_URL, name: NAME },
  logger,
  () => pools.lookAtAll(),
)
const pools = addPoolController({
  manager,
  broker: broker.current,
  logger,
  prefix: config.SUBJECT_PREFIX,
  namespace: config.WATCH_NAMESPACE,
  clock: systemClock,
  onHeard: new Rest({ now: systemClock.monotonic, stop: stopProcess, afterwards: setImmediate }).heard,
})

await runProcess(manager, {
  host: config.HOST,
  port: config.PORT,
  log: logger,
  onEnd: async () => {
    await pools.close()
    await broker.close()
  },
})
