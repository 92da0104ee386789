import test from 'ava'

import { resolveEnvironment, serviceIn, throughPort } from '../../src/access/environment.ts'
import { portIn } from '../../src/access/forward.ts'

test('an environment holds values and what Secrets hold; what comes from the pod is left out', async (t) => {
  const found = await resolveEnvironment(
    {
      variables: [
        { name: 'PORT', value: '8080' },
        { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'booking-database', key: 'url' } } },
        { name: 'POD_NAME', valueFrom: {} },
      ],
    },
    async (name) => (name === 'booking-database' ? { url: 'postgres://a:b@c/d' } : {}),
  )
  t.deepEqual(found, { PORT: '8080', DATABASE_URL: 'postgres://a:b@c/d' })
})

test('an environment holds what is in files of Secrets', async (t) => {
  const found = await resolveEnvironment(
    {
      variables: [{ name: 'REDIS_URL_FILE', value: '/etc/medqueue/secrets/REDIS_URL' }],
      volumes: [
        {},
        {
          projected: { sources: [{ secret: { name: 'redis', items: [{ key: 'url', path: 'REDIS_URL' }] } }] },
        },
      ],
    },
    async () => ({ url: 'redis://:a@b' }),
  )
  t.is(found.REDIS_URL, 'redis://:a@b')
})

test('a server is behind a Service when one has the first part of its name', (t) => {
  const services = new Set(['medqueue-postgresql', 'medqueue-nats'])
  t.is(serviceIn('postgres://u:p@medqueue-postgresql:5432/booking', services), 'medqueue-postgresql')
  t.is(serviceIn('nats://medqueue-nats.medqueue.svc:4222', services), 'medqueue-nats')
  t.is(serviceIn('postgres://u:p@db.example.org:5432/booking', services), undefined)
})

test('another way keeps user, password and database', (t) => {
  t.is(
    throughPort('postgres://u:p%2F@medqueue-postgresql:5432/booking', 40123),
    'postgres://u:p%2F@127.0.0.1:40123/booking',
  )
  t.is(throughPort('nats://medqueue-nats:4222', 40124), 'nats://127.0.0.1:40124')
})

test('the port of a forward is read from what kubectl says', (t) => {
  t.is(portIn('Forwarding from 127.0.0.1:40123 -> 5432\n'), 40123)
  t.is(portIn('error: unable to forward'), undefined)
})
