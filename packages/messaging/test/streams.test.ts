import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { streamsOf } from '@medqueue/contracts'
import test from 'ava'

import { connectBroker, ensureStream } from '../src/index.ts'
import { onceFormed } from '../src/forming.ts'
import { ownBroker } from './helpers/own-broker.ts'

const refusal = (code: number) => new JetStreamApiError({ code: 503, err_code: code, description: 'no' })
const codeOf = (error: unknown) => (error as { code?: number }).code

test('a broker without room for what a stream reserves is told so, with what to do', async (t) => {
  const { port, monitorPort } = await ownBroker(t, { lines: () => [], jetstream: 'max_file_store: 1GB' })
  const broker = await connectBroker({
    url: `nats://127.0.0.1:${port}`,
    monitorUrl: `http://127.0.0.1:${monitorPort}`,
    name: 'small',
  })
  t.teardown(async () => broker.close())
  await t.throwsAsync(ensureStream(broker.jsm, streamsOf('').appointmentEvents), {
    code: 'BROKER_WITHOUT_ROOM',
    message: /APPOINTMENT_EVENTS, which reserves 8 GiB: raise "max_file_store"/,
  })
})

test('a stream waits for brokers that have no leader yet, or not all their peers', async (t) => {
  const answers = [new errors.TimeoutError(), refusal(10_008), refusal(10_005)]
  const work = async () => {
    const error = answers.shift()
    if (error !== undefined) throw error
    return 'made'
  }
  t.is(await onceFormed(work, codeOf, { pauseMs: 1 }), 'made')
})

test('what waiting cannot mend is told at once', async (t) => {
  let tries = 0
  const work = async () => {
    tries++
    throw refusal(10_047)
  }
  await t.throwsAsync(onceFormed(work, codeOf), { instanceOf: JetStreamApiError })
  t.is(tries, 1)
})

test('brokers that never choose a leader are not waited for for ever', async (t) => {
  const work = async () => Promise.reject(new errors.TimeoutError())
  await t.throwsAsync(onceFormed(work, codeOf, { patienceMs: 5, pauseMs: 1 }), {
    instanceOf: errors.TimeoutError,
  })
})
