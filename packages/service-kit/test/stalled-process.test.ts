import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import test from 'ava'

import { IMPATIENT, listening } from './helpers/impatient.ts'

test('who has asked while the process had no processor is answered', async (t) => {
  const { app, port } = await listening(t)
  const stalled = new Int32Array(new SharedArrayBuffer(4))
  // Its connection is there, and then the process stands still for longer than headers may take.
  app.server.once('connection', () => void Atomics.wait(stalled, 0, 0, 3 * IMPATIENT.HEADERS_TIMEOUT_MS))
  const client = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads')
     const socket = require('node:net').connect(workerData, '127.0.0.1').setEncoding('utf8')
     socket.on('error', () => undefined).on('close', () => parentPort.postMessage(''))
     socket.on('data', (said) => parentPort.postMessage(said))
     socket.write('GET /livez HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')`,
    { eval: true, workerData: port },
  )
  t.teardown(async () => client.terminate())

  const [said] = (await once(client, 'message')) as [string]
  t.true(said.startsWith('HTTP/1.1 200'), said)
})
