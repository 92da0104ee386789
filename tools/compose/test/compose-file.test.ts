import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT } from '@medqueue/embedded'
import { allAppImages } from '@medqueue/images'
import { loadConfig } from '@medqueue/service-kit'
import test from 'ava'

import { readChart } from '../src/chart.ts'
import { envFile, readEnv } from '../src/env-file.ts'
import { compose, generatedFiles } from '../src/generated.ts'
import { SCHEMAS } from '../src/schemas.ts'
import { filledIn, servicesOfFile, variablesIn } from './helpers/file.ts'

const services = Object.entries(servicesOfFile())
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

test('what is generated is up to date', (t) => {
  for (const [path, text] of generatedFiles()) t.is(read(path), text, path)
})

test('every container runs as nobody, without rights, on a file system that it cannot write', (t) => {
  for (const [name, service] of services) {
    t.is(service.user, '65532:65532', name)
    t.true(service.read_only, name)
    t.deepEqual([...service.cap_drop], ['ALL'], name)
    t.deepEqual([...service.security_opt], ['no-new-privileges:true'], name)
    t.false('cap_add' in service || 'privileged' in service, name)
  }
})

test('only the gateway can be reached from outside, and only from this machine', (t) => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]))
  t.deepEqual(published, [['gateway', '127.0.0.1:${MEDQUEUE_PORT:-8080}:8080']])
  for (const name of ['postgres', 'nats', 'redis']) t.deepEqual(servicesOfFile()[name]?.networks, ['servers'])
})

test('the file holds no secret, and .env.example says of every variable what it is', (t) => {
  const text = read('compose.yaml')
  const example = read('.env.example')
  for (const name of new Set(variablesIn(text))) t.regex(example, new RegExp(`^(# )?${name}=`, 'm'), name)
  for (const [name, value] of readEnv(example)) {
    if (name.startsWith('SECRET_')) t.is(value, '', name)
    t.true(text.includes(`\${${name}:`), `${name} is of no use`)
  }
})

test('no secret has a default', (t) => {
  for (const [all] of read('compose.yaml').matchAll(/\$\{SECRET_[^}]*\}/g))
    t.regex(all, /:\?run make compose\}$/)
})

test('every process understands its environment, misses nothing in it and is told no more than it reads', (t) => {
  const { secrets } = compose(readChart(ROOT))
  const env = readEnv(envFile({ example: read('.env.example'), known: new Map(), images: {}, secrets }))
  const processes = services.filter(([, { healthcheck }]) => healthcheck?.test.includes('node') === true)
  t.is(processes.length, Object.keys(SCHEMAS).length)
  for (const [name, { command, environment = {} }] of processes) {
    const schema = SCHEMAS[command[0]?.replace(/^services\/(.*)\/src\/(.*)\.ts$/, '$1/$2') ?? '']
    if (schema === undefined) return t.fail(`${name} starts ${command.join(' ')}`)
    const set = Object.entries(environment).map(([key, value]) => [key, filledIn(value ?? '', env)])
    t.notThrows(() => loadConfig(schema, Object.fromEntries(set) as NodeJS.ProcessEnv), name)
    t.deepEqual(
      Object.keys(environment).filter((key) => !(key in schema.properties)),
      [],
      name,
    )
  }
})

test('every service that has an image is there', (t) => {
  const images = allAppImages().filter(({ folder }) => folder.startsWith('services/'))
  for (const { name, entry } of images) {
    const started = services.filter(([, { command }]) => command[0] === entry)
    t.is(started.length, 1, name)
    t.true(started[0]?.[1].image.includes(`-${name}:`), name)
  }
})

test('a service starts once its tables and its part of the demonstration are there', (t) => {
  const all = servicesOfFile()
  for (const name of ['identity', 'directory', 'scheduling']) {
    t.like(all[name]?.depends_on, {
      [`migrate-${name}`]: { condition: 'service_completed_successfully' },
      [`seed-${name}`]: { condition: 'service_completed_successfully' },
    })
  }
  t.like(all['booking-worker']?.depends_on, {
    'migrate-booking': { condition: 'service_completed_successfully' },
  })
})
