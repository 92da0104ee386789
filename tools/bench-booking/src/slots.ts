/**
 * `make bench-slots`: slot search of the booking api over HTTP: 2,000 doctors × 180 days, a fifth of the slots taken.
 * What nobody has asked for yet first; then every kind of search by one caller and by ten at once: p50 and p99, each the
 * median of three repeats; processor and memory of the api.
 */
import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'

import { freePort } from '@medqueue/servers'

import { answers, type Running, start } from './processes.ts'
import { fillSlotWorld, SLOT_DAYS, SLOT_DOCTORS, type SlotWorld } from './slot-world.ts'
import { median } from './statistics.ts'
import { usageOf } from './usage.ts'
import { createWorld, type World } from './world.ts'

const REPEATS = Number(process.env.REPEATS ?? 3)
const REQUESTS = 300
const DAY = 86_400
/** Doctors of a heat map: ten clinics of fifty, in one city. */
const MAP_DOCTORS = SLOT_DOCTORS / 4

interface Search {
  kind: string
  path: (n: number) => string
  /** Milliseconds that the p99 of a single caller may take. */
  limit: number
}

const instant = (days: number) => `${new Date(Date.now() + days * DAY * 1000).toISOString().slice(0, 19)}Z`

const monthAhead = (months: number) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 7)
}

function searches({ doctors, specialties, clinics, consultation, scan }: SlotWorld): Search[] {
  const path = (kind: string, query: Record<string, string>) =>
    `/v1/slots${kind}?${new URLSearchParams(query).toString()}`
  const range = { from: instant(0), to: instant(SLOT_DAYS) }
  const pick = (list: string[], n: number) => list[(n * 7) % list.length] ?? ''
  const of = (serviceId: string) => ({ serviceId, ...range })
  const visit = of(consultation)
  const month = (n: number) => monthAhead(1 + (n % 3))
  return [
    {
      kind: 'one doctor',
      path: (n) => path('', { ...visit, doctorId: pick(doctors, n), limit: '200' }),
      limit: 30,
    },
    {
      kind: 'one specialty',
      path: (n) => path('', { ...visit, specialtyId: pick(specialties, n) }),
      limit: 30,
    },
    {
      kind: 'one clinic, with rooms',
      path: (n) => path('', { ...of(scan), clinicId: pick(clinics, n) }),
      limit: 30,
    },
    { kind: 'one city', path: (n) => path('', { ...visit, city: `city ${n % 4}` }), limit: 30 },
    {
      kind: 'next of 50 doctors',
      path: (n) => {
        const some = doctors.slice((n % 40) * 50, (n % 40) * 50 + 50).join(',')
        return path('/next-by-doctor', { serviceId: consultation, doctorIds: some })
      },
      limit: 30,
    },
    {
      kind: `month of ${MAP_DOCTORS} doctors`,
      path: (n) => path('/months', { serviceId: consultation, city: 'city 1', month: month(n) }),
      limit: 100,
    },
    {
      kind: `month of ${MAP_DOCTORS} doctors, with rooms`,
      path: (n) => path('/months', { serviceId: scan, city: 'city 1', month: month(n) }),
      limit: 100,
    },
  ]
}

async function ask(base: string, path: string): Promise<number> {
  const began = performance.now()
  const answer = await fetch(base + path)
  const text = await answer.text()
  if (answer.status !== 200 || text.length < 100) throw new Error(`a search found nothing: ${text}`)
  return performance.now() - began
}

async function time(base: string, { path }: Search, callers: number): Promise<number[]> {
  const taken: number[] = []
  let next = 0
  const call = async () => {
    for (let n = next++; n < REQUESTS; n = next++) taken.push(await ask(base, path(n)))
  }
  await Promise.all(Array.from({ length: callers }, call))
  return taken.sort((a, b) => a - b)
}

async function serve(world: World, url: string): Promise<{ base: string; api: Running }> {
  const port = await freePort()
  const env = {
    PORT: String(port),
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    NATS_URL: world.nats.url,
    NATS_MONITOR_URL: world.nats.monitorUrl,
    REDIS_URL: world.redis.url,
    ISSUER: world.issuer.issuer,
    JWKS_URL: world.issuer.jwksUrl,
    RATE_LIMIT_PER_MINUTE: '0',
    SUBJECT_PREFIX: `bench-${randomUUID().slice(0, 8)}`,
  }
  const file = join(import.meta.dirname, '../../../services/booking/src/api-main.ts')
  const api = start('api', file, env, join(world.directory, 'slots.log'))
  const base = `http://127.0.0.1:${port}`
  await answers(`${base}/readyz`)
  return { base, api }
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.floor(sorted.length * share)] ?? Number.NaN
const inMs = (value: number) => `${value.toFixed(1)} ms`

/** What was never asked for: the first search of each kind reads it from the database. */
async function timeCold(base: string, all: readonly Search[]): Promise<void> {
  for (const { kind, path } of all) console.log(`first ${kind}: ${inMs(await ask(base, path(0)))}`)
}

/** Times one kind of search; true when it keeps its limit. */
async function timeWarm(base: string, pid: number, search: Search): Promise<boolean> {
  // The code is compiled, and the weeks of all doctors are known.
  await time(base, search, 1)
  let keeps = true
  for (const callers of [1, 10]) {
    const before = usageOf(pid).cpuSeconds
    const runs: number[][] = []
    for (let repeat = 0; repeat < REPEATS; repeat++) runs.push(await time(base, search, callers))
    const cpu = ((usageOf(pid).cpuSeconds - before) / (REPEATS * REQUESTS)) * 1_000
    const [p50, p99] = [0.5, 0.99].map((share) => median(runs.map((run) => at(run, share)))) as [
      number,
      number,
    ]
    if (callers === 1) keeps = p99 < search.limit
    console.log(
      `${search.kind}, ${callers} at once: p50 ${inMs(p50)}, p99 ${inMs(p99)}, processor ${inMs(cpu)} each`,
    )
  }
  return keeps
}

const world = await createWorld(resolve('.data/bench-slots'))
try {
  const url = await world.freshDatabase()
  const slotWorld = await fillSlotWorld(url)
  const { base, api } = await serve(world, url)
  const all = searches(slotWorld)
  await timeCold(base, all)
  const missed: string[] = []
  for (const search of all) if (!(await timeWarm(base, api.pid, search))) missed.push(search.kind)
  console.log(`memory of the api: ${usageOf(api.pid).megabytes.toFixed(0)} MB`)
  console.log(missed.length === 0 ? 'every kind keeps its limit' : `over the limit: ${missed.join('; ')}`)
  if (missed.length > 0) process.exitCode = 1
  await api.stop()
} finally {
  await world.close()
}
