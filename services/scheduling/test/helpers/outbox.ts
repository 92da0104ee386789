import type { EventEnvelope, WindowsChanged } from '@medqueue/contracts'
import type pg from 'pg'

export type WindowsEvent = EventEnvelope<WindowsChanged>

/** The windows events of a doctor that wait in the outbox, oldest first. */
export async function eventsOf(pool: pg.Pool, doctorId: string): Promise<WindowsEvent[]> {
  const { rows } = await pool.query<{ event: string }>(
    'SELECT event FROM outbox WHERE subject = $1 ORDER BY id',
    [`schedule.windows.${doctorId}`],
  )
  return rows.map(({ event }) => JSON.parse(event) as WindowsEvent)
}

/** The last of them. Throws when there is none. */
export async function lastEventOf(pool: pg.Pool, doctorId: string): Promise<WindowsEvent> {
  const last = (await eventsOf(pool, doctorId)).at(-1)
  if (last === undefined) throw new Error('no windows were published for the doctor')
  return last
}

/** Every row of every table of schedules, and the outbox, to see that nothing was written. */
export async function everything(pool: pg.Pool): Promise<string> {
  const tables = [
    'schedules',
    'rotas',
    'rota_exceptions',
    'schedule_changes',
    'schedule_change_doctors',
    'resources',
    'closures',
    'holiday_calendars',
    'appointments',
    'outbox',
  ]
  const contents: string[] = []
  for (const table of tables) {
    const { rows } = await pool.query<{ all: string }>(
      `SELECT coalesce(json_agg(t ORDER BY t::text), '[]')::text AS all FROM ${table} t`,
    )
    contents.push(`${table} ${rows[0]?.all ?? ''}`)
  }
  return contents.join('\n')
}
