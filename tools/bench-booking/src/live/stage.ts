import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { createPool } from '@medqueue/database'
import { freePort } from '@medqueue/servers'

import { answers, type Running, start } from '../processes.ts'
import type { World } from '../world.ts'

/** Who takes part, and what they book. */
export interface Cast {
  doctors: string[]
  patients: string[]
  /** Five minutes, approved by the doctor. */
  serviceId: string
  /** When the first window of each doctor begins, as on the days behind it; Unix seconds. */
  opening: number
}

export interface Stage {
  cast: Cast
  booking: string
  realtime: string
  processes: Running[]
  stop: () => Promise<void>
}

const SERVICES = join(import.meta.dirname, '../../../../services')

/** One booking api, one worker and one hub on a fresh database with doctors, patients and a service to approve. */
export async function raise(world: World, counts: { doctors: number; patients: number }): Promise<Stage> {
  const url = await world.freshDatabase()
  const cast = await casting(url, counts)
  const prefix = `bench-${randomUUID().slice(0, 8)}`
  const run = async (name: string, file: string) => {
    const port = await freePort()
    const env = { ...environment(world), DATABASE_URL: url, SUBJECT_PREFIX: prefix, PORT: String(port) }
    const running = start(name, join(SERVICES, file), env, join(world.directory, `${name}.log`))
    const base = `http://127.0.0.1:${port}`
    await answers(`${base}/livez`)
    while (!(await fetch(`${base}/readyz`)).ok) await delay(100)
    return { running, base }
  }
  const api = await run('api', 'booking/src/api-main.ts')
  const worker = await run('worker', 'booking/src/worker-main.ts')
  const hub = await run('realtime', 'realtime/src/main.ts')
  const processes = [api, worker, hub].map(({ running }) => running)
  return {
    cast,
    booking: api.base,
    realtime: hub.base,
    processes,
    stop: async () => {
      for (const one of processes.toReversed()) await one.stop()
    },
  }
}

const environment = ({ nats, redis, issuer }: World) => ({
  HOST: '127.0.0.1',
  LOG_LEVEL: 'warn',
  NATS_URL: nats.url,
  NATS_MONITOR_URL: nats.monitorUrl,
  REDIS_URL: redis.url,
  ISSUER: issuer.issuer,
  JWKS_URL: issuer.jwksUrl,
  RATE_LIMIT_PER_MINUTE: '0',
  MAX_SLOT_SOCKETS_PER_ADDRESS: '100000',
})

async function casting(url: string, counts: { doctors: number; patients: number }): Promise<Cast> {
  const pool = createPool({ url, max: 1, name: 'bench' })
  const patients = Array.from({ length: counts.patients }, () => randomUUID() as string)
  const serviceId = randomUUID()
  await pool.query('INSERT INTO patient SELECT id, 1, true FROM unnest($1::uuid[]) id', [patients])
  await pool.query(
    `INSERT INTO service_type VALUES ($1, 1, true, 'approved visit', '5 min', '0', '5 min', '0', '730 d', 'manual')`,
    [serviceId],
  )
  const { rows } = await pool.query<{ id: string }>(
    `UPDATE doctor SET service_ids = service_ids || $1::uuid
     WHERE id IN (SELECT id FROM doctor ORDER BY id LIMIT $2) RETURNING id`,
    [serviceId, counts.doctors],
  )
  const first = await pool.query<{ opening: string }>(
    'SELECT extract(epoch FROM min(starts_at))::bigint AS opening FROM doctor_window',
  )
  await pool.end()
  const opening = Number(first.rows[0]?.opening)
  return { doctors: rows.map(({ id }) => id), patients, serviceId, opening }
}
