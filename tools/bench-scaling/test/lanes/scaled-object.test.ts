import test from 'ava'

import { scaledObjectSpec } from '../../src/lanes/scaled-object.ts'

const options = { maxReplicas: 25, monitor: '127.0.0.1:8222' }
const trigger = {
  type: 'nats-jetstream',
  metadata: {
    account: '$G',
    natsServerMonitoringEndpoint: '127.0.0.1:8222',
    stream: 'BENCH_SCALING',
    consumer: 'workers',
  },
}

test('by default KEDA is told what it must be told, and the bounds', (t) => {
  t.deepEqual(scaledObjectSpec({ ...options, setting: 'defaults' }), {
    scaleTargetRef: { name: 'workers' },
    maxReplicaCount: 25,
    triggers: [trigger],
  })
})

test('at its best it polls every second and the HPA is held back by nothing', (t) => {
  const spec = scaledObjectSpec({ ...options, setting: 't80' })
  t.like(spec, { pollingInterval: 1, cooldownPeriod: 30, minReplicaCount: 0, maxReplicaCount: 25 })
  t.deepEqual((spec as { triggers: unknown[] }).triggers, [
    { ...trigger, metadata: { ...trigger.metadata, lagThreshold: '80' } },
  ])
})

test('from idle it goes to eight at once', (t) => {
  t.like(scaledObjectSpec({ ...options, setting: 'idle8' }), { minReplicaCount: 8, idleReplicaCount: 0 })
})
