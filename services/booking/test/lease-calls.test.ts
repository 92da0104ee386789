import { namesOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { createLeaseCalls } from '../src/worker/lease-calls.ts'

const HOUR_MS = 3_600_000

/** A worker that counts how often it is told of calls. */
function listener(t: ExecutionContext, broker: Broker, prefix: string, everyMs: number) {
  let told = 0
  let wake: (() => void) | undefined
  const onCall = () => {
    told += 1
    wake?.()
  }
  const calls = createLeaseCalls({ broker, prefix, owner: 'listener', everyMs, onCall })
  t.teardown(() => calls.stop())
  return {
    calls,
    told: () => told,
    until: async (count: number) => {
      while (told < count) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

test('of many calls at once a worker makes one, and of those that follow one more', async (t) => {
  const [broker, prefix] = [await connectTestBroker(t), testPrefix(t)]
  const subject = namesOf(prefix).subjects.leases
  const patient = listener(t, broker, prefix, HOUR_MS)
  const hasty = listener(t, broker, prefix, 1)
  for (let call = 0; call < 100; call++) broker.nc.publish(subject, `worker ${call}`)

  await hasty.until(2)
  await broker.nc.flush()
  t.is(patient.told(), 1)
})

test('a worker does not hear its own calls, the others do', async (t) => {
  const [broker, prefix] = [await connectTestBroker(t), testPrefix(t)]
  const caller = listener(t, broker, prefix, HOUR_MS)
  let heard = 0
  const other = createLeaseCalls({ broker, prefix, owner: 'other', onCall: () => (heard += 1) })
  t.teardown(() => other.stop())

  caller.calls.call()
  await broker.nc.flush()
  t.is(heard, 1)
  t.is(caller.told(), 0)
})

test('nothing is kept to be said later while the broker is away', async (t) => {
  const [broker, prefix] = [await connectTestBroker(t), testPrefix(t)]
  const heard: string[] = []
  const subject = namesOf(prefix).subjects.leases
  const subscription = broker.nc.subscribe(subject, {
    callback: (_error, message) => void heard.push(message.string()),
  })
  t.teardown(() => subscription.unsubscribe())
  let up = false
  const away: Broker = { ...broker, connected: () => up }
  const calls = createLeaseCalls({ broker: away, prefix, owner: 'w', onCall: () => t.fail() })
  t.teardown(() => calls.stop())

  calls.call()
  await broker.nc.flush()
  t.deepEqual(heard, [])

  up = true
  calls.call()
  await broker.nc.flush()
  t.deepEqual(heard, ['w'])
})
