import type pg from 'pg'

import type { Columns } from '../worker/batch.ts'

/**
 * Decides a batch of requests in stream order, in one statement: rules, appointments, requests with their decisions,
 * and events. Column arrays in, three aligned strings out, because a row of text for each request costs more in the
 * client than the decision itself.
 *
 * Each LATERAL with OFFSET 0 is an index look-up for each request: left to itself the planner hashes whole tables for
 * batches it knows nothing of. The FULL JOIN (what is placed was checked, so it is a LEFT JOIN in effect) cannot be done
 * by a nested loop, which for a thousand requests costs a million comparisons. Run it
 * under PLAN_SETTINGS.
 *
 * Parameters, arrays of equal length: ids, fingerprints, principals, patients, doctors, services, starts (Unix
 * seconds), partitions, stream sequences, positions, traceparents ('' for none), messages (null for none).
 * Result: one row with `outcomes`, one item a request in order, separated by `;`.
 *
 * A request whose id is known gets its stored decision again (or `conflict` when the fingerprint differs). A request
 * that passes the rules and is not placed met a constraint: it is told whose.
 */
export const DECIDE_BATCH = `
WITH input AS MATERIALIZED (
  SELECT i.*, to_timestamp(i.start_s) AS starts_at
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[],
              $8::smallint[], $9::bigint[], $10::int[], $11::text[], $12::text[]) WITH ORDINALITY
    AS i (id, fingerprint, principal_id, patient_id, doctor_id, service_id, start_s,
          partition, stream_seq, batch_pos, traceparent, message, ord)
), checked AS MATERIALIZED (
  SELECT i.*, w.clinic_id, s.approval,
    tstzrange(i.starts_at, i.starts_at + s.duration) AS visit,
    tstzrange(i.starts_at, i.starts_at + s.duration + s.buffer_after) AS blocked,
    k.id IS NOT NULL AS known, k.fingerprint AS known_fingerprint, k.decision AS known_decision, k.reason AS known_reason,
    CASE
      WHEN d.id IS NULL THEN 'doctor_unknown'
      WHEN NOT d.active THEN 'doctor_inactive'
      WHEN s.id IS NULL OR NOT s.active THEN 'service_unknown'
      WHEN NOT i.service_id = ANY (d.service_ids) THEN 'service_not_offered'
      WHEN p.id IS NULL OR NOT p.active THEN 'patient_unknown'
      WHEN i.starts_at <= now() THEN 'in_the_past'
      WHEN i.starts_at < now() + s.minimum_notice THEN 'too_short_notice'
      WHEN i.starts_at > now() + s.horizon THEN 'beyond_horizon'
      WHEN w.ends_at IS NULL OR i.starts_at + s.duration > w.ends_at THEN 'outside_window'
      WHEN mod(i.start_s - extract(epoch FROM w.starts_at)::bigint, extract(epoch FROM s.alignment)::bigint) <> 0
        THEN 'off_grid'
    END AS reason
  FROM input i
  LEFT JOIN LATERAL (SELECT * FROM booking_request WHERE id = i.id OFFSET 0) k ON true
  LEFT JOIN LATERAL (SELECT * FROM doctor WHERE id = i.doctor_id OFFSET 0) d ON true
  LEFT JOIN LATERAL (SELECT * FROM service_type WHERE id = i.service_id OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT id, active FROM patient WHERE id = i.patient_id OFFSET 0) p ON true
  LEFT JOIN LATERAL (
    SELECT starts_at, ends_at, clinic_id FROM doctor_window
    WHERE doctor_id = i.doctor_id AND starts_at <= i.starts_at ORDER BY starts_at DESC LIMIT 1) w ON true
), placed AS (
  INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status, message)
  SELECT id, doctor_id, patient_id, service_id, clinic_id, visit, blocked,
    CASE approval WHEN 'manual' THEN 'pending' ELSE 'booked' END, message
  FROM checked WHERE NOT known AND reason IS NULL ORDER BY ord
  ON CONFLICT DO NOTHING
  RETURNING id, doctor_id, blocked, status
), decided AS MATERIALIZED (
  SELECT c.ord, c.id, c.fingerprint, c.principal_id, c.patient_id, c.doctor_id, c.service_id, c.starts_at, c.partition,
    c.stream_seq, c.batch_pos, c.clinic_id, c.start_s, upper(c.visit) AS ends_at, c.traceparent,
    c.known, c.known_fingerprint, c.known_decision, c.known_reason,
    coalesce(a.status, 'refused') AS decision,
    CASE
      WHEN a.id IS NOT NULL THEN NULL
      WHEN c.reason IS NOT NULL THEN c.reason
      WHEN EXISTS (SELECT FROM appointment o WHERE o.doctor_id = c.doctor_id AND o.blocked && c.blocked
                   AND o.status IN ('pending', 'booked'))
        OR EXISTS (SELECT FROM placed o WHERE o.doctor_id = c.doctor_id AND o.blocked && c.blocked) THEN 'slot_taken'
      ELSE 'patient_overlap'
    END AS reason
  FROM checked c FULL JOIN placed a ON a.id = c.id
), recorded AS (
  INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
    stream_seq, batch_pos, decision, reason)
  SELECT id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
    stream_seq, batch_pos, decision, reason
  FROM decided WHERE NOT known ORDER BY ord
), told AS (
  INSERT INTO outbox (event_id, subject, event)
  SELECT e.event_id,
    'appointment.' || e.type || '.' || d.doctor_id || '.' || d.patient_id,
    '{"id":"' || e.event_id || '","type":"appointment.' || e.type || '","source":"booking","subject":"' || d.id
    || '","version":1,"occurredAt":"' || $13::text || '"'
    || CASE d.traceparent WHEN '' THEN '' ELSE ',"traceparent":"' || d.traceparent || '"' END
    || ',"data":{"appointmentId":"' || d.id || '","doctorId":"' || d.doctor_id || '","patientId":"' || d.patient_id
    || '","serviceId":"' || d.service_id || '","clinicId":' || coalesce('"' || d.clinic_id || '"', 'null')
    || ',"start":' || to_json(d.starts_at) || ',"end":' || coalesce(to_json(d.ends_at)::text, 'null')
    || ',"status":"' || d.decision || '","reason":' || coalesce('"' || d.reason || '"', 'null')
    || ',"seq":"' || d.partition || ':' || d.stream_seq || ':' || d.batch_pos || '"}}'
  FROM (SELECT *, CASE decision WHEN 'pending' THEN 'requested' ELSE decision END AS type FROM decided WHERE NOT known) d
  CROSS JOIN LATERAL (SELECT uuidv7() AS event_id, d.type) e
  ORDER BY d.ord
)
SELECT string_agg(
    CASE
      WHEN known AND known_fingerprint <> fingerprint THEN 'conflict'
      WHEN known THEN 'known'
      WHEN decision = 'refused' THEN 'refused,' || reason
      ELSE decision || ',,' || extract(epoch FROM ends_at)::bigint || ',' || clinic_id
    END, ';' ORDER BY ord) AS outcomes
FROM decided`

/** Runs the statement; returns one outcome a request, in order, separated by `;`. */
export async function decideBatch(
  client: pg.ClientBase,
  columns: Columns,
  occurredAt: string,
): Promise<string> {
  const array = (inside: string) => `{${inside}}`
  const { rows } = await client.query<{ outcomes: string }>({
    name: 'decide-batch',
    text: DECIDE_BATCH,
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
    ],
  })
  return rows[0]?.outcomes ?? ''
}
