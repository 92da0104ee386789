import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { CONTROLLER_ENVIRONMENT, RUNTIME_ENVIRONMENT } from '@medqueue/service-kit/runtime'
import test from 'ava'

import { allAppImages, serversNamed } from '../src/catalog.ts'
import { dockerfileOf, filesDockerfile } from '../src/dockerfile.ts'
import { bytesOf, isOnLoopback, outdated } from '../src/engine.ts'
import { librariesIn } from '../src/rootfs/libraries.ts'
import { sbomOf } from '../src/sbom.ts'

test('an image of files runs as nobody, from nothing unless told otherwise', (t) => {
  const text = filesDockerfile({ title: 'nats', entrypoint: ['/nats-server'] })
  t.regex(text, /^FROM scratch$/m)
  t.regex(text, /^USER 65532:65532$/m)
  t.regex(text, /^ENTRYPOINT \["\/nats-server"\]$/m)
})

test('only a registry on this machine is spoken to without TLS', (t) => {
  for (const place of ['localhost/a', 'localhost:5000/team/a:1', '127.0.0.1:5000/a', '[::1]:5000/a'])
    t.true(isOnLoopback(place), place)
  for (const place of [
    'localhost.example/a',
    '127.0.0.1.example/a',
    '10.0.0.1:5000/a',
    'ghcr.io/localhost/a',
  ])
    t.false(isOnLoopback(place), place)
})

test('an image says by which signal it wants to end, when that is not the usual one', (t) => {
  const postgres = { title: 'postgres', entrypoint: ['/postgres'], stopSignal: 'SIGINT' } as const
  t.regex(filesDockerfile(postgres), /^STOPSIGNAL SIGINT$/m)
  t.notRegex(filesDockerfile({ title: 'nats', entrypoint: ['/nats-server'] }), /STOPSIGNAL/)
})

test('every service image copies its own folder on the shared image', (t) => {
  for (const image of allAppImages()) {
    const text = dockerfileOf(image)
    t.true(text.includes(`COPY ${image.folder} ${image.folder}`), image.name)
    t.regex(text, /^FROM \$\{APP_IMAGE\}$/m)
    t.regex(text, /org\.opencontainers\.image\.licenses="Apache-2\.0"/)
  }
})

test('the shared image bounds memory as every other way to start a service does', (t) => {
  const text = readFileSync(join(import.meta.dirname, '../dockerfiles/app.Dockerfile'), 'utf8')
  t.true(text.includes(`NODE_OPTIONS="${RUNTIME_ENVIRONMENT.NODE_OPTIONS}" `))
  t.true(text.includes(`MALLOC_ARENA_MAX=${RUNTIME_ENVIRONMENT.MALLOC_ARENA_MAX} `))
})

test('the images of the controllers, and only those, bound it more tightly', (t) => {
  const own = allAppImages().filter((image) => /^ENV NODE_OPTIONS=/m.test(dockerfileOf(image)))
  t.deepEqual(own.map(({ name }) => name).sort(), ['booking-queue-controller', 'worker-pool-controller'])
  for (const image of own) {
    t.true(dockerfileOf(image).includes(`ENV NODE_OPTIONS="${CONTROLLER_ENVIRONMENT.NODE_OPTIONS}"\n`))
  }
})

test('reads libraries from what ldd prints, the loader too, and no virtual one', (t) => {
  const text = `\tlinux-vdso.so.1 (0x00007fd54d27f000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fd54cd3e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fd54d281000)
`
  t.deepEqual(librariesIn(text), ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2'])
  t.deepEqual(librariesIn('\tnot a dynamic executable\n'), [])
})

test('the bill of materials names each package with its hash, licence and address', (t) => {
  const bom = sbomOf({
    name: 'medqueue-booking',
    version: '0.1.0',
    nodeVersion: '24.21.0',
    installed: [
      {
        path: 'node_modules/@scope/a',
        name: '@scope/a',
        entry: { version: '1.0.0', license: 'MIT', integrity: 'sha512-AAEC' },
      },
      {
        path: 'packages/contracts',
        name: '@medqueue/contracts',
        entry: { version: '0.1.0', license: '(MIT OR Apache-2.0)' },
      },
    ],
  }) as { components: Record<string, unknown>[]; bomFormat: string }
  t.is(bom.bomFormat, 'CycloneDX')
  t.like(bom.components[0], { name: 'node', version: '24.21.0' })
  t.like(bom.components[1], {
    purl: 'pkg:npm/%40scope/a@1.0.0',
    hashes: [{ alg: 'SHA-512', content: '000102' }],
    licenses: [{ license: { id: 'MIT' } }],
  })
  t.like(bom.components[2], { licenses: [{ expression: '(MIT OR Apache-2.0)' }] })
})

test('reads sizes', (t) => {
  t.is(bytesOf('193 MB'), 193e6)
  t.is(bytesOf('1.2 GB'), 1.2e9)
  t.true(Number.isNaN(bytesOf('')))
})

test('forgets images without a name that is kept, once each', (t) => {
  const listing = 'local/a:1      id1\nlocal/a:2   id2\nlocal/b:1 id2\n<none>:<none>   id3\n'
  t.deepEqual(outdated(listing, ['local/b:1']), ['id1', 'id3'])
})

test('makes images of all servers, or of those that are named', (t) => {
  t.is(serversNamed('').length, 6)
  t.deepEqual(serversNamed('redis, nats'), ['nats', 'redis'])
  t.throws(() => serversNamed('mysql'), { message: /mysql is none of the servers/ })
})
