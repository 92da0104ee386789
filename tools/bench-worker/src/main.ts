import { createServer } from 'node:http'

import { connect } from '@nats-io/transport-node'

import { configOf } from './config.ts'
import { speak } from './drain.ts'
import { startWorker } from './worker.ts'

const config = configOf(process.env)
// The first process of a container ignores a signal that it has no handler for.
let end = async () => process.exit(0)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end())

const nc = await connect({
  servers: config.natsUrl,
  name: 'bench-worker',
  maxReconnectAttempts: -1,
  reconnectTimeWait: 200,
})
const worker = startWorker({ ...config, nc })
// One that was forgotten starts anew and works again.
const voice = speak({ ...config, nc, worker, onForgotten: () => void end() })
createServer((_request, response) => response.end('ready')).listen(config.port)

end = async () => {
  voice.stop()
  await worker.finish()
  await nc.close()
  process.exit(0)
}
