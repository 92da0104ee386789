import { PATH_TABLE } from '@medqueue/contracts'
import test from 'ava'

import {
  discover,
  PATHS,
  type RefusalReason,
  type ServiceObject,
  WEBSOCKET_PATHS,
} from '../../src/domain/discovered.ts'

interface Sketch {
  name?: string
  paths?: string
  websocketPaths?: string
  bornAt?: string
  deletedAt?: string
  spec?: Partial<ServiceObject['spec']>
}

function service(sketch: Sketch = {}): ServiceObject {
  const { name = 'labs', paths = '/v1/labs', websocketPaths, bornAt = '2026-01-01T00:00:00Z' } = sketch
  return {
    metadata: {
      name,
      uid: `uid of ${name}`,
      creationTimestamp: bornAt,
      ...(sketch.deletedAt === undefined ? {} : { deletionTimestamp: sketch.deletedAt }),
      annotations: {
        [PATHS]: paths,
        ...(websocketPaths === undefined ? {} : { [WEBSOCKET_PATHS]: websocketPaths }),
      },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.7',
      selector: { app: name },
      ports: [{ name: 'http', port: 8080 }],
      ...sketch.spec,
    },
  }
}

const found = (...services: ServiceObject[]) => discover(services, 'clinic')

test('a Service is reached by its name in the namespace, at its port named http', (t) => {
  const ports = [
    { name: 'grpc', port: 9090 },
    { name: 'http', port: 8081 },
  ]
  const { services, routes, refusals } = found(service({ spec: { ports } }))

  t.deepEqual(
    services.map(({ name, origin }) => [name, origin]),
    [['labs', 'http://labs.clinic.svc:8081']],
  )
  t.deepEqual(routes, [{ prefix: '/v1/labs', service: 'labs' }])
  t.deepEqual(refusals, [])
})

test('without a port of that name the first one counts, and only TCP', (t) => {
  const ports = [
    { port: 53, protocol: 'UDP' },
    { port: 7000, protocol: 'TCP' },
    { port: 7001, protocol: 'TCP' },
  ]
  t.is(found(service({ spec: { ports } })).services[0]?.origin, 'http://labs.clinic.svc:7000')
})

test('paths for WebSockets need not be named twice', (t) => {
  const { routes } = found(service({ paths: '/v1/labs, /v1/chat,', websocketPaths: '/v1/chat,/v1/calls' }))

  t.deepEqual(routes, [
    { prefix: '/v1/labs', service: 'labs' },
    { prefix: '/v1/chat', service: 'labs', websocket: true },
    { prefix: '/v1/calls', service: 'labs', websocket: true },
  ])
})

const refuses = test.macro((t, sketch: Sketch, reason: RefusalReason) => {
  const { services, routes, refusals } = found(service(sketch))

  t.deepEqual([services, routes], [[], []])
  t.deepEqual(
    refusals.map((refusal) => refusal.reason),
    [reason],
  )
})

test(
  'refuses a name that could lead out of the cluster',
  refuses,
  { spec: { type: 'ExternalName' } },
  'external_name',
)
test('refuses a Service without an address of its own', refuses, { spec: { clusterIP: 'None' } }, 'headless')
test('refuses a Service that has no address yet', refuses, { spec: { clusterIP: '' } }, 'headless')
test('refuses endpoints that somebody writes by hand', refuses, { spec: { selector: {} } }, 'no_selector')
test('refuses a Service without a port', refuses, { spec: { ports: [] } }, 'no_port')
test('refuses UDP', refuses, { spec: { ports: [{ port: 53, protocol: 'UDP' }] } }, 'no_port')
test('refuses the name of a service of the path table', refuses, { name: 'booking' }, 'name_reserved')
test('refuses the name of the gateway', refuses, { name: 'gateway' }, 'name_reserved')
test('refuses a name that would end the host of a URL', refuses, { name: 'a/b' }, 'name_reserved')
test('refuses a Service that asks for nothing', refuses, { paths: ' , ' }, 'no_paths')
test(
  'refuses a Service that asks for very much',
  refuses,
  { paths: Array.from({ length: 17 }, (_, index) => `/v1/p${index}`).join(',') },
  'too_many_paths',
)

for (const path of [
  ...['/', '/v1', '/v1/', '/docs', '/metrics', '/livez', '/v2/labs', 'v1/labs', '/v1/labs/', '/v1//labs'],
  ...['/v1/Labs', '/v1/../oidc', '/v1/%6Fidc', '/v1/labs*', '/v1/:id', '/v1/a b', '/v1/a?b', '/v1/a#b'],
  ...['/v1/-a', '/v1/a-', 'https://elsewhere.example/v1/labs', '/v1/é', `/v1/${'a'.repeat(300)}`],
]) {
  test(`refuses the path ${path.slice(0, 40)}`, refuses, { paths: path }, 'path_invalid')
}

test('no path of the path table can be taken, nor what is below it, nor what is above it', (t) => {
  for (const { prefix } of PATH_TABLE.filter(({ prefix }) => prefix.startsWith('/v1/'))) {
    for (const path of [prefix, `${prefix}/more`]) {
      const { routes, refusals } = found(service({ paths: path }))
      t.deepEqual([routes, refusals.map(({ reason }) => reason)], [[], ['path_reserved']], path)
    }
  }
  t.is(found(service({ paths: '/oidc,/interaction' })).routes.length, 0)
  t.is(found(service({ paths: '/v1/slots-of-time' })).routes.length, 1)
})

test('one bad path takes nothing from the good ones', (t) => {
  const { routes, refusals } = found(service({ paths: '/v1/slots,/v1/labs,/V1/x' }))

  t.deepEqual(
    routes.map(({ prefix }) => prefix),
    ['/v1/labs'],
  )
  t.deepEqual(
    refusals.map(({ path, reason }) => [path, reason]),
    [
      ['/v1/slots', 'path_reserved'],
      ['/V1/x', 'path_invalid'],
    ],
  )
})

test('of two Services that ask for one path the older one has it, in whatever order they are listed', (t) => {
  const older = service({ name: 'zeta', paths: '/v1/labs', bornAt: '2026-01-01T00:00:00Z' })
  const younger = service({ name: 'alpha', paths: '/v1/labs,/v1/own', bornAt: '2026-01-01T00:00:01Z' })

  for (const { routes, refusals } of [found(older, younger), found(younger, older)]) {
    t.deepEqual(routes, [
      { prefix: '/v1/labs', service: 'zeta' },
      { prefix: '/v1/own', service: 'alpha' },
    ])
    t.deepEqual(refusals, [{ service: 'alpha', reason: 'path_taken', path: '/v1/labs', owner: 'zeta' }])
  }
})

test('of two of the same second the first by name has it', (t) => {
  const { routes } = found(service({ name: 'b' }), service({ name: 'a' }))

  t.deepEqual(routes, [{ prefix: '/v1/labs', service: 'a' }])
})

test('a Service that is being deleted has nothing', (t) => {
  const leaving = service({ name: 'old', deletedAt: '2026-01-02T00:00:00Z', bornAt: '2025-01-01T00:00:00Z' })

  t.deepEqual(found(leaving, service()).routes, [{ prefix: '/v1/labs', service: 'labs' }])
})

test('a Service made anew, or at another port, is another one; other paths do not make it one', (t) => {
  const identity = (one: ServiceObject) => found(one).services[0]?.identity
  const before = identity(service())

  t.is(identity(service({ paths: '/v1/other' })), before)
  t.not(identity(service({ spec: { ports: [{ port: 9000 }] } })), before)
  t.not(identity({ ...service(), metadata: { ...service().metadata, uid: 'another' } }), before)
})
