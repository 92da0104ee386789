import { randomUUID } from 'node:crypto'

import { namesOf } from '@medqueue/contracts'
import { createPool, migrate, withTransaction } from '@medqueue/database'
import { demoClinics, demoDoctors, demoResources, demoRotas } from '@medqueue/demo-data'
import { appendEvents, type OutgoingEvent } from '@medqueue/messaging'
import type pg from 'pg'

import type { Core } from './core.ts'
import { minutesOf } from './domain/calendar.ts'
import { horizonAt, publishedRange } from './domain/horizon.ts'
import { resourceEvent } from './operations/resources.ts'
import { windowsEvent, writtenNotes, writtenWindows } from './operations/publish-windows.ts'
import { bumpVersion } from './store/bump-version.ts'
import { insertResources } from './store/insert-resources.ts'
import { insertRotas } from './store/insert-rotas.ts'
import { listKnownSchedules } from './store/list-known-schedules.ts'
import { loadSchedules } from './store/load-schedules.ts'
import type { NewRota } from './store/records.ts'
import { upsertClinics } from './store/upsert-clinics.ts'
import { upsertDoctors } from './store/upsert-doctors.ts'

export interface SeedReport {
  doctors: number
  rotas: number
  windows: number
}

/** The first day of the demonstration's rotas. Fixed, so that every installation has the same rows. */
const EFFECTIVE_FROM = '2026-01-01'

/** Older than anything the directory says: its first word replaces it. */
const GUESS = 0

/**
 * Gives the demonstration's doctors their weekly rotas, and publishes their windows, in one transaction. It need not
 * wait for the directory: clinics and doctors come from the same data. Doctors who have a schedule are left alone, so
 * running it again does nothing.
 */
export async function seedScheduling(core: Core): Promise<SeedReport> {
  return withTransaction(core.pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('scheduling seed'))`)
    await addResources(client, core)
    const doctors = demoDoctors()
    const known = await listKnownSchedules(
      client,
      doctors.map(({ id }) => id),
    )
    const added = doctors.filter(({ id }) => !known.has(id))
    if (added.length === 0) return { doctors: 0, rotas: 0, windows: 0 }
    await upsertClinics(
      client,
      demoClinics().map(({ id, active, zone }) => ({ id, active, zone, version: GUESS })),
    )
    await upsertDoctors(
      client,
      added.map(({ id, active, clinicIds }) => ({ id, active, clinicIds, version: GUESS })),
    )
    const ids = added.map(({ id }) => id)
    const rotas = await insertRotas(client, rotasOf(new Set(ids)))
    return { doctors: ids.length, rotas: rotas.length, windows: await publishAll(client, core, ids) }
  })
}

/** Rooms and devices that are missing, with their events; those that are there are left as they are. */
async function addResources(client: pg.ClientBase, core: Core): Promise<void> {
  const added = await insertResources(client, demoResources())
  await appendEvents(
    client,
    added.map((resource) => resourceEvent(core, resource)),
  )
}

function rotasOf(doctorIds: ReadonlySet<string>): NewRota[] {
  return demoRotas()
    .filter(({ doctorId }) => doctorIds.has(doctorId))
    .map(({ start, end, ...row }) => {
      const times = { start: minutesOf(start), end: minutesOf(end) }
      return { ...row, ...times, rrule: null, exdates: [], effectiveFrom: EFFECTIVE_FROM, effectiveTo: null }
    })
}

async function publishAll(client: pg.ClientBase, core: Core, doctorIds: readonly string[]): Promise<number> {
  const horizon = horizonAt(core.now(), core.horizonDays)
  const range = publishedRange(horizon)
  const loaded = await loadSchedules(client, doctorIds, range)
  const outgoing: OutgoingEvent[] = []
  let count = 0
  for (const doctorId of doctorIds) {
    const schedule = loaded.get(doctorId)?.schedule
    const windows = writtenWindows(schedule, range)
    const notes = writtenNotes(schedule, range)
    const publication = await bumpVersion(client, doctorId, horizon)
    const event = windowsEvent(core, { doctorId, windows, notes, horizon, publication })
    outgoing.push({ subject: namesOf().subjects.windows(doctorId), event })
    count += windows.length
  }
  await appendEvents(client, outgoing)
  return count
}

/** `node services/scheduling/src/seed.ts`, with MIGRATION_DATABASE_URL or DATABASE_URL, and HORIZON_DAYS. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const owner = env.MIGRATION_DATABASE_URL
  const url = env.DATABASE_URL ?? owner
  if (url === undefined) throw new Error('MIGRATION_DATABASE_URL or DATABASE_URL must be set')
  if (owner !== undefined) await migrate({ url: owner, directory: `${import.meta.dirname}/../migrations` })
  const pool = createPool({ url, max: 1, name: 'scheduling-seed', statementTimeoutMs: 60_000 })
  try {
    const started = performance.now()
    const horizonDays = Number(env.HORIZON_DAYS ?? '120')
    const report = await seedScheduling({ pool, horizonDays, now: Date.now, newId: randomUUID })
    const ms = Math.round(performance.now() - started)
    console.log(JSON.stringify({ seeded: 'scheduling', ...report, ms }))
  } finally {
    await pool.end()
  }
}

if (import.meta.main) await main(process.env)
