import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import test from 'ava'

import type { AuditReport } from '../src/index.ts'
import { parseOptions } from '../src/options.ts'
import { buildWorld, type World } from './helpers/world.ts'

const MAIN = resolve(import.meta.dirname, '../src/main.ts')

interface Ended {
  code: number
  stdout: string
  stderr: string
}

async function run(world: World, ...args: string[]): Promise<Ended> {
  const { databaseUrl, natsUrl, prefix } = world.place
  const place = ['--database', databaseUrl, '--nats', natsUrl, '--prefix', prefix, '--settle', '0']
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...place, ...args], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('ends with one line of zeros and success when all is well', async (t) => {
  const world = await buildWorld(t)
  await world.ask({})
  const { code, stdout } = await run(world)
  t.is(code, 0)
  const zeros =
    'doctor_double_bookings=0 patient_double_bookings=0 resource_double_bookings=0 lost=0 duplicate_effects=0 order_violations=0 event_disagreements=0'
  t.true(
    stdout.trimEnd().split('\n').at(-1)?.startsWith(`audit: ${zeros} appointments=1 requests=1 events=1`),
  )
})

test('fails, shows the case and writes it down when an acknowledged request is lost', async (t) => {
  const world = await buildWorld(t)
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  const id = randomUUID()
  const answers = join(folder, 'answers.jsonl')
  await writeFile(answers, `${JSON.stringify({ status: 'queued', requestId: id, key: 'k' })}\n\n`)
  const { code, stdout } = await run(world, '--acknowledged', answers, '--json', join(folder, 'report.json'))
  t.is(code, 1)
  t.regex(stdout, new RegExp(`request=${id}`))
  t.regex(stdout, /^audit: .* lost=1 /m)
  const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as AuditReport
  t.false(report.ok)
  t.is(report.totals.lost, 1)
})

test('does not call it clean when it could not look', async (t) => {
  const world = await buildWorld(t)
  const { code, stderr } = await run(world, '--prefix', 'nowhere')
  t.is(code, 2)
  t.regex(stderr, /^audit failed: The broker has no stream nowhere_/)
})

test('a line that is no acknowledgement is refused with its place', async (t) => {
  const world = await buildWorld(t)
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  for (const line of ['{"status":"booked"}', '{"status":"fine","requestId":"x"}', 'null', '{']) {
    const answers = join(folder, 'answers.jsonl')
    await writeFile(answers, `\n${line}\n`)
    const { code, stderr } = await run(world, '--acknowledged', answers)
    t.is(code, 2, line)
    t.regex(stderr, /answers\.jsonl:2/, line)
  }
})

test('finds the running platform by itself, and the environment goes first', (t) => {
  const platform = { urls: { nats: 'nats://a' }, databases: { booking: { appUrl: 'postgres://a' } } }
  t.deepEqual(parseOptions([], {}, platform), { databaseUrl: 'postgres://a', natsUrl: 'nats://a' })
  t.deepEqual(
    parseOptions(['--settle', '1.5'], { DATABASE_URL: 'postgres://b', NATS_URL: 'nats://b' }, platform),
    {
      databaseUrl: 'postgres://b',
      natsUrl: 'nats://b',
      settleMs: 1_500,
    },
  )
})

test('says what is missing', (t) => {
  t.throws(() => parseOptions([], {}, undefined), { code: 'AUDIT_OPTIONS' })
  t.throws(() => parseOptions(['--colour'], {}, undefined), { code: 'AUDIT_OPTIONS' })
  t.throws(() => parseOptions(['--settle', 'soon'], {}, undefined), { code: 'AUDIT_OPTIONS' })
})
