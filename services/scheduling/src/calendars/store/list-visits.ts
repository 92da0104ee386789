import type { VisitStatus } from '@medqueue/icalendar'
import type pg from 'pg'

import type { FeedRecord } from './records.ts'

export interface VisitRecord {
  appointmentId: string
  start: Date
  end: Date
  status: VisitStatus
  sequence: number
  changedAt: Date
  zone: string
  /** Name and city of the clinic. */
  place: string
  city: string
}

export interface VisitQuery extends Pick<FeedRecord, 'ownerId' | 'part'> {
  /** Visits that start in [from, to). */
  from: Date
  to: Date
  limit: number
}

const OWNER = { patient: 'patient_id', doctor: 'doctor_id' } as const

/** A person's visits that stand, by start; those at a clinic that the directory has not told of yet are missing. */
export async function listVisits(pool: pg.Pool, query: VisitQuery): Promise<VisitRecord[]> {
  const { rows } = await pool.query<VisitRecord>({
    name: `list-calendar-visits-${query.part}`,
    text: `SELECT v.appointment_id AS "appointmentId", v.starts_at AS start, v.ends_at AS "end", v.status, v.sequence,
             v.changed_at AS "changedAt", p.zone, p.name AS place, p.city
           FROM calendar_visits v JOIN calendar_places p USING (clinic_id)
           WHERE v.${OWNER[query.part]} = $1 AND v.status <> 'cancelled' AND v.starts_at >= $2 AND v.starts_at < $3
           ORDER BY v.starts_at, v.appointment_id LIMIT $4`,
    values: [query.ownerId, query.from, query.to, query.limit],
  })
  return rows
}
