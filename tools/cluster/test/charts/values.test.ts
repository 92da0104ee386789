import test from 'ava'

import { type ChartWorld, operatorValues, platformValues, serverImage } from '../../src/charts/values.ts'

const local: ChartWorld = {
  kind: 'local',
  images: {
    tag: '0.1.0-abc',
    servers: {
      nats: 'docker.io/local/nats:2.15',
      postgres: 'docker.io/local/postgres:18',
      redis: 'docker.io/local/redis:7',
    },
  },
  publicUrl: 'http://127.0.0.1:8000',
}

test('a local cluster runs images that were built here', (t) => {
  t.like(platformValues(local), {
    image: { registry: 'docker.io', repository: 'local/medqueue', tag: '0.1.0-abc' },
    postgresql: { image: { registry: 'docker.io', repository: 'local/postgres', tag: '18' } },
    publicUrl: 'http://127.0.0.1:8000',
  })
})

test('on one node a worker has no smaller share of a busy processor than the api that fills its queue', (t) => {
  const { bookingWorker } = platformValues(local) as {
    bookingWorker: { resources: { requests: { cpu: string } } }
  }
  // The chart's own of the api.
  t.true(parseInt(bookingWorker.resources.requests.cpu) >= 100)
})

test('a given cluster keeps the charts’ values, but for images that were pushed for it', (t) => {
  t.deepEqual(platformValues({ kind: 'given' }), {})
  const pushed = { registry: 'registry.example:5000/team', tag: '0.1.0-abc' }
  t.deepEqual(platformValues({ kind: 'given', pushed }), {
    image: { registry: 'registry.example:5000', repository: 'team/medqueue', tag: '0.1.0-abc' },
  })
})

test('the operator finds the broker of the platform', (t) => {
  t.like(operatorValues(local), { nats: { url: 'nats://medqueue-nats.medqueue.svc:4222' } })
})

test('an image without registry or tag is refused', (t) => {
  t.throws(() => serverImage('nats'), { instanceOf: RangeError })
})
