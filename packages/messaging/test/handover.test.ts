import { randomUUID } from 'node:crypto'

import { streamsOf } from '@medqueue/contracts'
import { findNats, run } from '@medqueue/servers'
import { fileScope } from '@medqueue/testing'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import test from 'ava'

import { connectBroker, ensureStream, storeMessage } from '../src/index.ts'
import { threeBrokers } from './helpers/cluster.ts'

const scope = fileScope(test)
const PATIENT_MS = 60_000

/** Adds what its broker tells a client. */
async function listen(nc: NatsConnection, told: string[]): Promise<void> {
  for await (const { type } of nc.status()) told.push(type)
}

test('a broker of three that hands over sends its clients to the others, and what they store goes on', async (t) => {
  t.timeout(240_000)
  const [going, staying] = await threeBrokers(scope)
  const connect = async ({ url, monitorUrl }: typeof going) => {
    const broker = await connectBroker({ url, monitorUrl, name: 'test', answerTimeoutMs: PATIENT_MS })
    scope.teardown(() => broker.close())
    return broker
  }
  const [client, witness] = [await connect(going), await connect(staying)]
  const { appointmentEvents } = streamsOf('handover', 3)
  await ensureStream(client.jsm, appointmentEvents)
  const before = client.nc.getServer()
  const told: string[] = []
  void listen(client.nc, told)

  const ended = new AbortController()
  const end = (async () => {
    // As the chart does it: the signal, and right after it what the kubelet sends.
    await run(await findNats(() => undefined), ['--signal', `ldm=${going.pid}`])
    going.kill('SIGTERM')
    await going.exited
    ended.abort()
  })()
  let stored = 0
  const store = async () => {
    const subject = `handover.appointment.booked.${randomUUID()}`
    await storeMessage(client, subject, '{}', { timeoutMs: PATIENT_MS, headers: headers() })
    stored++
  }
  while (!ended.signal.aborted) await store()
  await end
  await store()
  t.true(told.includes('ldm'), told.join())
  t.not(client.nc.getServer(), before)
  const { state } = await witness.jsm.streams.info(appointmentEvents.name)
  t.true(state.messages >= stored, `${state.messages} of ${stored}`)
})
