import type pg from 'pg'

import { checked, CHOSEN, DOCTOR_TAKEN, PATIENT_ELSEWHERE } from './deciding/checked.ts'
import { type AskedVisit, parametersOfMany } from './deciding/one-visit.ts'

/** What would be decided of a visit now, if it were the only one asked for. */
export interface CheckedVisit {
  /** Null: it would be booked. */
  refusal: string | null
  /** Unix seconds, as text; null when there is no such service. */
  ends: string | null
  /** How many more of the service the patient may have; null: no limit. */
  left: number | null
}

/** Only looks: the rules and questions are those of the statements that write, in the same words. */
const CHECK_VISITS = `
${checked({ withoutNotice: 'false' })}${CHOSEN}
SELECT coalesce(c.reason, c.lack, CASE
    WHEN ${DOCTOR_TAKEN} THEN 'slot_taken'
    WHEN ${PATIENT_ELSEWHERE} THEN 'patient_overlap' END) AS refusal,
  extract(epoch FROM upper(c.visit))::bigint AS ends,
  CASE WHEN c.part = 'patient' THEN c.max_open - (
    SELECT count(*) FROM appointment o WHERE o.patient_id = c.patient_id AND o.service_id = c.service_id
      AND o.status IN ('held', 'pending', 'booked') AND lower(o.visit) > now())::int END AS left
FROM chosen c WHERE $13::text IS NULL ORDER BY c.ord`

/** What would be decided of each visit, in order. Nothing is written, and nothing is promised. */
export async function checkVisits(
  client: pg.ClientBase | pg.Pool,
  visits: readonly AskedVisit[],
): Promise<CheckedVisit[]> {
  if (visits.length === 0) return []
  const { rows } = await client.query<CheckedVisit>({
    name: 'check-visits',
    text: CHECK_VISITS,
    values: parametersOfMany(visits),
  })
  return rows
}
