/**
 * Times the grids of staff: 50 doctors with 60 visits a day each, over six weeks (126,000 visits). Through the whole api
 * but the socket. `node services/booking/bench/grids.ts`; servers are started for it.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startTestServers } from '../../../tools/servers/src/test-run/environment.ts'
import { createWorld, type World } from '../test/helpers/world.ts'

const DOCTORS = 50
const DAYS = 42
const REPEATS = 40
const say = (line: string) => process.stdout.write(`${line}\n`)

async function fill({ pool, people }: Pick<World, 'pool' | 'people'>): Promise<void> {
  const doctors = Array.from({ length: DOCTORS }, () => randomUUID() as string)
  await pool.query('UPDATE doctor SET active = false')
  for (const id of doctors)
    await pool.query(`INSERT INTO doctor VALUES ($1, 1, true, 'Doctor', $2, $3, $4)`, [
      ...[id, people.specialty, [people.clinic], [people.consultation]],
    ])
  await pool.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     SELECT gen_random_uuid(), d, gen_random_uuid(), $2, $3, v, v, 'booked'
     FROM unnest($1::uuid[]) d, generate_series(0, $4::int - 1) day, generate_series(0, 59) n,
       LATERAL (SELECT date_trunc('day', now()) + make_interval(days => day, hours => 8, mins => 10 * n) AS at) s,
       LATERAL (SELECT tstzrange(at, at + interval '10 min') AS v) r`,
    [doctors, people.consultation, people.clinic, DAYS],
  )
  await pool.query('ANALYZE')
}

async function time(
  world: World,
  query: string,
): Promise<{ sorted: number[]; visits: number; bytes: number }> {
  const headers = { authorization: `Bearer ${world.token(randomUUID(), 'admin')}` }
  const taken: number[] = []
  let [visits, bytes] = [0, 0]
  for (let n = 0; n < REPEATS; n++) {
    const began = performance.now()
    const answer = await world.app.inject({
      url: `/v1/grids?clinicId=${world.people.clinic}&${query}`,
      headers,
    })
    taken.push(performance.now() - began)
    if (answer.statusCode !== 200) throw new Error(answer.body.slice(0, 300))
    bytes = answer.body.length
    visits = answer.json<{ columns: { visits: unknown[] }[] }>().columns.flatMap((one) => one.visits).length
  }
  return { sorted: taken.sort((a, b) => a - b), visits, bytes }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-grids-'))
const servers = await startTestServers(folder, () => undefined)
Object.assign(process.env, servers.env)
const ends: (() => Promise<void> | void)[] = []
try {
  const world = await createWorld({ teardown: (work) => void ends.push(work) })
  await fill(world)
  const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000
  const until = (days: number) =>
    `from=${new Date(midnight).toISOString()}&to=${new Date(midnight + days * 86_400_000).toISOString()}`
  for (const [name, query] of [
    ['a day by doctor', `by=doctor&${until(1)}`],
    ['a week by doctor', `by=doctor&${until(7)}`],
    ['a month by doctor', `by=doctor&${until(31)}`],
  ] as const) {
    const { sorted, visits, bytes } = await time(world, query)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(0) ?? ''
    say(`${name}: ${visits} visits, ${(bytes / 1e6).toFixed(1)} MB; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
  }
  say(`memory of the process ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`)
} finally {
  for (const end of ends.reverse()) await end()
  await servers.stop()
  rmSync(folder, { recursive: true, force: true })
}
