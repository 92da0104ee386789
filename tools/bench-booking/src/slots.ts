/**
 * `make bench-slots`: slot search of the booking api over HTTP, 400 doctors × 90 days, a fifth of the slots taken.
 * One caller at a time, then ten at once; p50 and p99 of each kind of search.
 */
import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'

import { createPool } from '@medqueue/database'
import { freePort } from '@medqueue/servers'

import { answers, start } from './processes.ts'
import { createWorld, type World } from './world.ts'

const REQUESTS = 600
const DAY = 86_400

interface Search {
  kind: string
  query: (n: number) => Record<string, string>
}

interface Directory {
  doctors: string[]
  specialties: string[]
  service: string
}

async function fill(url: string): Promise<Directory> {
  const pool = createPool({ url, max: 1, name: 'bench', statementTimeoutMs: 120_000 })
  // Twelve specialties instead of one, and visits of twenty minutes.
  const specialties = Array.from({ length: 12 }, () => randomUUID() as string)
  await pool.query(
    `UPDATE doctor d SET specialty_id = ($1::uuid[])[1 + n % 12] FROM (SELECT id, row_number() OVER () AS n FROM doctor) o
     WHERE o.id = d.id`,
    [specialties],
  )
  await pool.query(`UPDATE service_type SET duration = '20 min', alignment = '20 min'`)
  await pool.query(`DELETE FROM doctor_window WHERE starts_at > now() + interval '92 days'`)
  await pool.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     SELECT gen_random_uuid(), w.doctor_id, gen_random_uuid(), s.id, w.clinic_id, v, v, 'booked'
     FROM doctor_window w, service_type s, generate_series(0, 29) n,
       LATERAL (SELECT tstzrange(w.starts_at + n * interval '20 min', w.starts_at + (n + 1) * interval '20 min') AS v) r
     WHERE hashtext(w.doctor_id::text || w.starts_at::text || n) % 5 = 0`,
  )
  await pool.query('VACUUM ANALYZE')
  const doctors = await pool.query<{ id: string }>('SELECT id FROM doctor')
  const services = await pool.query<{ id: string }>('SELECT id FROM service_type')
  await pool.end()
  return { doctors: doctors.rows.map(({ id }) => id), specialties, service: services.rows[0]?.id ?? '' }
}

const instant = (days: number) =>
  `${new Date((Date.now() / 1000 + days * DAY) * 1000).toISOString().slice(0, 19)}Z`

function searches({ doctors, specialties, service }: Directory): Search[] {
  const range = { serviceId: service, from: instant(0), to: instant(90) }
  const pick = (list: string[], n: number) => list[n % list.length] ?? ''
  return [
    { kind: 'one doctor, 90 days', query: (n) => ({ ...range, doctorId: pick(doctors, n), limit: '200' }) },
    { kind: 'one specialty, 90 days', query: (n) => ({ ...range, specialtyId: pick(specialties, n) }) },
    { kind: 'a whole city, 90 days', query: () => ({ ...range, city: 'city' }) },
  ]
}

async function time(base: string, { query }: Search, callers: number): Promise<number[]> {
  const taken: number[] = []
  let next = 0
  const call = async () => {
    for (let n = next++; n < REQUESTS; n = next++) {
      const began = performance.now()
      const answer = await fetch(`${base}/v1/slots?${new URLSearchParams(query(n)).toString()}`)
      const { slots } = (await answer.json()) as { slots?: unknown[] }
      if (slots === undefined || slots.length === 0)
        throw new Error(`a search found nothing: ${answer.status}`)
      if (n > 50) taken.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return taken.sort((a, b) => a - b)
}

async function serve(world: World, url: string): Promise<{ base: string; stop: () => Promise<void> }> {
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
  await answers(`${base}/livez`)
  return { base, stop: api.stop }
}

/** Times every kind of search; returns the worst p99 of a single caller, in milliseconds. */
async function timeAll(base: string, directory: Directory): Promise<number> {
  let worst = 0
  for (const callers of [1, 10]) {
    for (const search of searches(directory)) {
      const taken = await time(base, search, callers)
      const at = (share: number) => taken[Math.floor(taken.length * share)] ?? Number.NaN
      if (callers === 1) worst = Math.max(worst, at(0.99))
      console.log(
        `${search.kind}, ${callers} at once: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`,
      )
    }
  }
  return worst
}

const world = await createWorld(resolve('.data/bench-slots'))
try {
  const url = await world.freshDatabase()
  const directory = await fill(url)
  const { base, stop } = await serve(world, url)
  const worst = await timeAll(base, directory).finally(stop)
  console.log(`slot_search_p99=${worst.toFixed(1)}ms`)
} finally {
  await world.close()
}
