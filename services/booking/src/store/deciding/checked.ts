/**
 * What a statement that places visits begins with: the requests, checked against every rule but the constraints. Three
 * statements share it: deciding what is queued, holding a slot, moving an appointment.
 *
 * Each LATERAL with OFFSET 0 is an index look-up for each request: left to itself the planner hashes whole tables for
 * batches it knows nothing of. Run it under PLAN_SETTINGS.
 */
export interface Check {
  /** SQL that is true for a request that need not keep the notice of its service. */
  withoutNotice: string
  /** SQL of an array of what was answered (jsonb, null for nothing); a shorter one is filled up with nulls. */
  answers?: string
  /** SQL that is true for a request in the patient's part whoever asks: somebody who acts for them. */
  asPatient?: string
  /** SQL that goes before the other reasons. */
  firstReason?: string
}

const PART =
  "CASE i.principal_id WHEN i.patient_id THEN 'patient' WHEN i.doctor_id THEN 'doctor' ELSE 'staff' END"

/**
 * Parameters, arrays of equal length: $1 ids, $2 fingerprints, $3 principals, $4 patients, $5 doctors, $6 services,
 * $7 starts (Unix seconds), $8 partitions, $9 stream sequences, $10 positions, $11 traceparents ('' for none),
 * $12 messages (null for none); $13 is the instant of the events; arrays again: $14 appointments of their own (a hold, or
 * what is moved), $15 reasons for overbooking, $16 series (null for none).
 */
export const checked = ({ withoutNotice, answers = 'NULL::jsonb[]', asPatient, firstReason = '' }: Check) => `
WITH input AS MATERIALIZED (
  SELECT i.*, to_timestamp(i.start_s) AS starts_at
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[],
              $8::smallint[], $9::bigint[], $10::int[], $11::text[], $12::text[], $14::uuid[], $15::text[], $16::uuid[],
              ${answers})
    WITH ORDINALITY
    AS i (id, fingerprint, principal_id, patient_id, doctor_id, service_id, start_s,
          partition, stream_seq, batch_pos, traceparent, message, own_id, overbook, series_id, answers, ord)
), checked AS MATERIALIZED (
  SELECT i.*, w.clinic_id, s.approval, s.approval_timeout, s.room_kind, s.device_kind, s.capacity, s.max_open,
    (s.capacity > 1 OR s.room_kind IS NOT NULL OR s.device_kind IS NOT NULL OR s.max_open IS NOT NULL) AS singly,
    CASE WHEN s.capacity > 1 THEN md5(i.doctor_id || ':' || i.service_id || ':' || i.start_s)::uuid END AS session_id,
    tstzrange(i.starts_at, i.starts_at + s.duration) AS visit,
    tstzrange(i.starts_at - s.buffer_before, i.starts_at + s.duration + s.buffer_after) AS blocked,
    k.id IS NOT NULL AS known, k.fingerprint AS known_fingerprint,
    ${asPatient === undefined ? PART : `CASE WHEN ${asPatient} THEN 'patient' ELSE ${PART} END`} AS part,
    CASE ${firstReason}
      WHEN d.id IS NULL THEN 'doctor_unknown'
      WHEN NOT d.active THEN 'doctor_inactive'
      WHEN s.id IS NULL OR NOT s.active THEN 'service_unknown'
      WHEN NOT i.service_id = ANY (d.service_ids) THEN 'service_not_offered'
      WHEN p.id IS NULL OR NOT p.active THEN 'patient_unknown'
      WHEN i.starts_at <= now() THEN 'in_the_past'
      WHEN i.starts_at < now() + s.minimum_notice AND i.overbook IS NULL AND NOT (${withoutNotice}) THEN 'too_short_notice'
      WHEN i.starts_at > now() + s.horizon THEN 'beyond_horizon'
      WHEN w.ends_at IS NULL OR i.starts_at + s.duration > w.ends_at THEN 'outside_window'
      WHEN mod(i.start_s - extract(epoch FROM w.starts_at)::bigint, extract(epoch FROM s.alignment)::bigint) <> 0
        AND i.overbook IS NULL THEN 'off_grid'
    END AS reason
  FROM input i
  LEFT JOIN LATERAL (SELECT * FROM booking_request WHERE id = i.id OFFSET 0) k ON true
  LEFT JOIN LATERAL (SELECT * FROM doctor WHERE id = i.doctor_id OFFSET 0) d ON true
  LEFT JOIN LATERAL (SELECT * FROM service_type WHERE id = i.service_id OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT id, active FROM patient WHERE id = i.patient_id OFFSET 0) p ON true
  LEFT JOIN LATERAL (
    SELECT starts_at, ends_at, clinic_id FROM doctor_window
    WHERE doctor_id = i.doctor_id AND starts_at <= i.starts_at ORDER BY starts_at DESC LIMIT 1) w ON true
)`

/** The one that a session has, else a free one of the kind needed, at the clinic. */
const resource = (kind: 'room' | 'device') => `
    SELECT r.id FROM bookable_resource r
    WHERE r.kind = c.${kind}_kind AND r.clinic_id = c.clinic_id AND r.active AND NOT EXISTS (
      SELECT FROM appointment o WHERE o.${kind}_id = r.id AND o.active AND o.blocked && c.blocked
        AND o.session_id IS DISTINCT FROM coalesce(c.session_id, o.id) AND o.id IS DISTINCT FROM c.own_id)
    ORDER BY EXISTS (
      SELECT FROM appointment o WHERE o.session_id = c.session_id AND o.${kind}_id = r.id AND o.active) DESC, r.id
    LIMIT 1`

const DOCTOR_BUSY = `EXISTS (
    SELECT FROM appointment o WHERE o.doctor_id = c.doctor_id AND o.blocked && c.blocked AND o.active AND NOT o.overbooked
      AND o.session_id IS DISTINCT FROM coalesce(c.session_id, o.id) AND o.id IS DISTINCT FROM c.own_id)`

/**
 * Behind `checked`, for one request: a room and a device of the kinds needed, the lowest free seat, what there is none of
 * (`lack`), and whether it is over others: what staff book with a reason takes the doctor's time where nothing is in the
 * way. What is chosen may be taken by another transaction before it is written: then choose again.
 *
 * The limit of open appointments binds staff too who give no reason, except in series, which they plan as a whole; a visit
 * that is moved is counted already.
 */
export const CHOSEN = `, chosen AS MATERIALIZED (
  SELECT c.*, room.id AS room_id, device.id AS device_id, seat.seat,
    CASE
      WHEN c.reason IS NOT NULL THEN NULL
      WHEN c.max_open <= (
        SELECT count(*) FROM appointment o WHERE o.patient_id = c.patient_id AND o.service_id = c.service_id
          AND o.status IN ('held', 'pending', 'booked') AND lower(o.visit) > now() AND o.id IS DISTINCT FROM c.own_id)
        AND c.overbook IS NULL AND (c.part = 'patient' OR c.series_id IS NULL)
        AND NOT EXISTS (SELECT FROM appointment o WHERE o.id = c.own_id AND o.service_id = c.service_id) THEN 'too_many_open'
      WHEN c.room_kind IS NOT NULL AND room.id IS NULL THEN 'room_taken'
      WHEN c.device_kind IS NOT NULL AND device.id IS NULL THEN 'device_taken'
      WHEN c.session_id IS NOT NULL AND seat.seat IS NULL THEN 'session_full'
    END AS lack,
    c.overbook IS NOT NULL AND ${DOCTOR_BUSY} AS over_others
  FROM checked c
  LEFT JOIN LATERAL (${resource('room')}) room ON true
  LEFT JOIN LATERAL (${resource('device')}) device ON true
  LEFT JOIN LATERAL (
    SELECT n AS seat FROM generate_series(1, c.capacity) n
    WHERE c.session_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM appointment o WHERE o.session_id = c.session_id AND o.seat = n AND o.active
        AND o.id IS DISTINCT FROM c.own_id)
    ORDER BY n LIMIT 1) seat ON true
)`

/** True when somebody else has the doctor's time that the request `c` asks for, unless staff books over others. */
export const DOCTOR_TAKEN = `c.overbook IS NULL AND ${DOCTOR_BUSY}`

/** True when the patient has another visit then. */
export const PATIENT_ELSEWHERE = `EXISTS (
    SELECT FROM appointment o WHERE o.patient_id = c.patient_id AND o.visit && c.visit AND o.active
      AND o.id IS DISTINCT FROM c.own_id)`

/** The columns that say what a visit is, and what of `checked` they are made of; a hold's end is the statement's own. */
export const VISIT_COLUMNS =
  'id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, message, answers, series_id, actor_id, actor_part'
export const VISIT_VALUES =
  'id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, message, answers, series_id, principal_id, part'

/** What the service says of approval: the first status, and when a request that nobody answers lapses. */
export const FIRST_STATUS = `CASE approval WHEN 'manual' THEN 'pending' ELSE 'booked' END`
export const FIRST_EXPIRY = `CASE approval WHEN 'manual' THEN least(now() + approval_timeout, starts_at) END`
