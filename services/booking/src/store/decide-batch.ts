import type pg from 'pg'

import type { Columns } from '../worker/batch.ts'
import {
  type Check,
  checked,
  CHOSEN,
  DOCTOR_TAKEN,
  FIRST_EXPIRY,
  FIRST_STATUS,
  PATIENT_ELSEWHERE,
  VISIT_COLUMNS,
  VISIT_VALUES,
} from './deciding/checked.ts'

/**
 * How requests are placed:
 * - `batch`: many at a time, of services that need nothing but the doctor's time.
 * - `one`: a single request; a room, a device and a seat are chosen for it, and its hold, if it has one, is made use of.
 */
export type Placing = 'batch' | 'one'

/**
 * Services that need more than the doctor's time are decided one request at a time. When there is one among the
 * requests of a batch, nothing is written: the answer names the services.
 */
const NONE_SINGLY = 'NOT EXISTS (SELECT FROM checked WHERE singly AND NOT known)'

const PLACED_COLUMNS =
  'id AS appointment_id, doctor_id, blocked, patient_id, visit, status, version, room_id, device_id, overbooked'

interface Way {
  /** What the rules are asked besides, of one request. */
  check: Partial<Check>
  /** The common table expressions between the rules and the decision; the last is `placed`. */
  placed: string
  /** Where the decision takes its requests from. */
  from: string
  /** Why a request that passed the rules was not placed, before and after it is known that the doctor's time was free. */
  lack: string
  rest: string
  /** Which decisions are written. */
  written: string
}

const WAYS: Record<Placing, Way> = {
  batch: {
    check: {},
    placed: `, placed AS (
  INSERT INTO appointment (${VISIT_COLUMNS}, status, expires_at)
  SELECT ${VISIT_VALUES}, ${FIRST_STATUS}, ${FIRST_EXPIRY}
  FROM checked WHERE NOT known AND reason IS NULL AND ${NONE_SINGLY} ORDER BY ord
  ON CONFLICT DO NOTHING
  RETURNING id, ${PLACED_COLUMNS})`,
    from: 'checked',
    lack: '',
    // Somebody who is not in this batch took the time in that very moment: the next look sees it.
    rest: `WHEN ${PATIENT_ELSEWHERE}
        OR EXISTS (SELECT FROM placed o WHERE o.patient_id = c.patient_id AND o.visit && c.visit) THEN 'patient_overlap'
      ELSE 'again'`,
    written: `${NONE_SINGLY} AND reason IS DISTINCT FROM 'again'`,
  },
  one: {
    check: { asPatient: '$18::text IS NOT NULL', firstReason: "WHEN $18 = 'ended' THEN 'proxy_ended'" },
    placed: `${CHOSEN}, made AS (
  INSERT INTO appointment (${VISIT_COLUMNS}, status, expires_at, room_id, device_id, session_id, seat, overbooked,
    overbook_reason)
  SELECT ${VISIT_VALUES}, ${FIRST_STATUS}, ${FIRST_EXPIRY}, room_id, device_id, session_id, seat,
    over_others, overbook
  FROM chosen WHERE NOT known AND reason IS NULL AND lack IS NULL AND own_id IS NULL
  ON CONFLICT DO NOTHING
  RETURNING id, ${PLACED_COLUMNS}
), taken_up AS (
  UPDATE appointment a SET status = ${FIRST_STATUS}, expires_at = ${FIRST_EXPIRY}, message = c.message, answers = c.answers,
    requested = true, version = a.version + 1, updated_at = now(), action = 'request', actor_id = c.principal_id, actor_part = c.part
  FROM chosen c
  WHERE a.id = c.own_id AND a.status = 'held' AND a.expires_at > now() AND a.patient_id = c.patient_id
    AND a.doctor_id = c.doctor_id AND a.service_id = c.service_id AND lower(a.visit) = c.starts_at
    AND NOT c.known AND c.reason IS NULL
  RETURNING c.id, a.id AS appointment_id, a.doctor_id, a.blocked, a.patient_id, a.visit, a.status, a.version, a.room_id,
    a.device_id, a.overbooked
), placed AS (SELECT * FROM made UNION ALL SELECT * FROM taken_up)`,
    from: 'chosen',
    lack: `WHEN c.own_id IS NOT NULL THEN 'hold_lost'
      WHEN c.lack IS NOT NULL THEN c.lack`,
    // What was chosen was taken in that very moment.
    rest: `WHEN ${PATIENT_ELSEWHERE} THEN 'patient_overlap'
      ELSE 'again'`,
    written: `reason IS DISTINCT FROM 'again'`,
  },
}

/**
 * JSON of an instant as the API writes it, in UTC with a Z, whatever the session's zone. It takes a tenth of a
 * microsecond a request more than to_json alone.
 */
const instant = (column: string) => `rtrim(to_json(${column} AT TIME ZONE 'UTC')::text, '"') || 'Z"'`

/**
 * Decides requests in stream order, in one statement: rules, appointments, requests with their decisions, and events.
 * Column arrays in (see `checked`), one aligned string out, because a row of text for each request costs more in the
 * client than the decision itself.
 *
 * The FULL JOIN (what is placed was checked, so it is a LEFT JOIN in effect) cannot be done by a nested loop, which for
 * a thousand requests costs a million comparisons. Run it under PLAN_SETTINGS.
 *
 * A request whose id is known gets its stored decision again (or `conflict` when the fingerprint differs). A request
 * that passes the rules and is not placed met a constraint: it is told whose.
 */
const statement = ({ check, placed, from, lack, rest, written }: Way) => `
${checked({ withoutNotice: 'i.own_id IS NOT NULL', answers: '$17::jsonb[]', ...check })}${placed}, decided AS MATERIALIZED (
  SELECT c.ord, c.id, c.fingerprint, c.principal_id, c.patient_id, c.doctor_id, c.service_id, c.starts_at, c.partition,
    c.stream_seq, c.batch_pos, c.clinic_id, c.session_id, upper(c.visit) AS ends_at, c.traceparent,
    c.known, c.known_fingerprint, a.appointment_id, a.room_id, a.device_id, a.overbooked, coalesce(a.version, 1) AS version,
    coalesce(a.status, 'refused') AS decision,
    CASE
      WHEN a.id IS NOT NULL THEN NULL
      WHEN c.reason IS NOT NULL THEN c.reason
      ${lack}
      WHEN (${DOCTOR_TAKEN})
        OR EXISTS (SELECT FROM placed o WHERE o.doctor_id = c.doctor_id AND o.blocked && c.blocked) THEN 'slot_taken'
      ${rest}
    END AS reason
  FROM ${from} c FULL JOIN placed a ON a.id = c.id
), written AS MATERIALIZED (
  SELECT * FROM decided WHERE NOT known AND ${written}
), recorded AS (
  INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
    stream_seq, batch_pos, decision, reason, appointment_id)
  SELECT id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
    stream_seq, batch_pos, decision, reason, nullif(appointment_id, id)
  FROM written ORDER BY ord
), told AS (
  INSERT INTO outbox (event_id, subject, event)
  SELECT e.event_id,
    'appointment.' || e.type || '.' || d.doctor_id || '.' || d.patient_id,
    '{"id":"' || e.event_id || '","type":"appointment.' || e.type || '","source":"booking","subject":"' || d.made_id
    || '","version":' || d.version || ',"occurredAt":"' || $13::text || '"'
    || CASE d.traceparent WHEN '' THEN '' ELSE ',"traceparent":"' || d.traceparent || '"' END
    || ',"data":{"appointmentId":"' || d.made_id || '","doctorId":"' || d.doctor_id || '","patientId":"' || d.patient_id
    || '","serviceId":"' || d.service_id || '","clinicId":' || coalesce('"' || d.clinic_id || '"', 'null')
    || ',"start":' || ${instant('d.starts_at')} || ',"end":' || coalesce(${instant('d.ends_at')}, 'null')
    || ',"status":"' || d.decision || '","reason":' || coalesce('"' || d.reason || '"', 'null')
    || coalesce(',"sessionId":"' || d.session_id || '"', '') || coalesce(',"roomId":"' || d.room_id || '"', '')
    || coalesce(',"deviceId":"' || d.device_id || '"', '') || CASE WHEN d.overbooked THEN ',"overbooked":true' ELSE '' END
    || ',"seq":"' || d.partition || ':' || d.stream_seq || ':' || d.batch_pos || '"}}'
  FROM (SELECT *, coalesce(appointment_id, id) AS made_id,
      CASE decision WHEN 'pending' THEN 'requested' ELSE decision END AS type FROM written) d
  CROSS JOIN LATERAL (SELECT uuidv7() AS event_id, d.type) e
  ORDER BY d.ord
)
SELECT string_agg(
    CASE
      WHEN known AND known_fingerprint <> fingerprint THEN 'conflict'
      WHEN known THEN 'known'
      WHEN decision = 'refused' THEN 'refused,' || reason
      ELSE decision || ',,' || extract(epoch FROM ends_at)::bigint || ',' || clinic_id
    END, ';' ORDER BY ord) AS outcomes,
  (SELECT string_agg(DISTINCT service_id::text, ',') FROM checked WHERE singly AND NOT known) AS singly
FROM decided`

const STATEMENTS: Record<Placing, string> = { batch: statement(WAYS.batch), one: statement(WAYS.one) }

/** The outcomes, and the services that must be decided one request at a time: of a batch with such nothing is written. */
export interface Decided {
  outcomes: string
  singly: string | null
}

/** Whether somebody who asks for a patient may: null for those who ask for themselves, or as staff. */
export type ProxyState = 'current' | 'ended' | null

/** Decides many requests; the outcomes are one a request, in order, separated by `;`. */
export const decideBatch = (client: pg.ClientBase, columns: Columns, occurredAt: string): Promise<Decided> =>
  run(client, 'batch', [columns, occurredAt])

/** Decides one request by itself. */
export const decideSingle = (
  client: pg.ClientBase,
  columns: Columns,
  occurredAt: string,
  proxy: ProxyState,
): Promise<Decided> => run(client, 'one', [columns, occurredAt], [proxy])

async function run(
  client: pg.ClientBase,
  placing: Placing,
  [columns, occurredAt]: readonly [Columns, string],
  more: readonly unknown[] = [],
): Promise<Decided> {
  const array = (inside: string) => `{${inside}}`
  const { rows } = await client.query<Decided>({
    name: `decide-${placing}`,
    text: STATEMENTS[placing],
    values: [
      array(columns.ids),
      array(columns.fingerprints),
      array(columns.principals),
      array(columns.patients),
      array(columns.doctors),
      array(columns.services),
      array(columns.starts),
      array(columns.partitions),
      array(columns.seqs),
      array(columns.positions),
      array(columns.traceparents),
      array(columns.messages),
      occurredAt,
      array(columns.holds),
      array(columns.overbooks),
      array(columns.series),
      array(columns.answers),
      ...more,
    ],
  })
  return rows[0] ?? { outcomes: '', singly: null }
}
