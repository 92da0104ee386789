/**
 * (b) One transaction per request, as most people would write it: the same rows, the same rules, the same constraints,
 * prepared statements, a pool.
 */
import { randomUUID } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import type { Outcome, QueuedRequest } from '@medqueue/booking/internal'
import type { Pool, PoolClient } from 'pg'

import { runVariant } from './service.ts'

const RULES = `
  SELECT w.clinic_id, extract(epoch FROM to_timestamp($4) + s.duration)::bigint AS ends,
    CASE
      WHEN NOT d.active THEN 'doctor_inactive'
      WHEN NOT s.active THEN 'service_unknown'
      WHEN NOT s.id = ANY (d.service_ids) THEN 'service_not_offered'
      WHEN NOT p.active THEN 'patient_unknown'
      WHEN to_timestamp($4) <= now() THEN 'in_the_past'
      WHEN to_timestamp($4) < now() + s.minimum_notice THEN 'too_short_notice'
      WHEN to_timestamp($4) > now() + s.horizon THEN 'beyond_horizon'
      WHEN w.ends_at IS NULL OR to_timestamp($4) + s.duration > w.ends_at THEN 'outside_window'
      WHEN mod($4::bigint - extract(epoch FROM w.starts_at)::bigint, extract(epoch FROM s.alignment)::bigint) <> 0 THEN 'off_grid'
    END AS reason
  FROM doctor d, service_type s, patient p LEFT JOIN LATERAL (
    SELECT starts_at, ends_at, clinic_id FROM doctor_window
    WHERE doctor_id = $1 AND starts_at <= to_timestamp($4) ORDER BY starts_at DESC LIMIT 1) w ON true
  WHERE d.id = $1 AND s.id = $2 AND p.id = $3`

const APPOINTMENT = `
  INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
  SELECT $1, $2, $3, $4, $5, tstzrange(to_timestamp($6), to_timestamp($7)),
    tstzrange(to_timestamp($6), to_timestamp($7) + s.buffer_after), 'booked'
  FROM service_type s WHERE s.id = $4
  ON CONFLICT DO NOTHING`

const REQUEST = `
  INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
    stream_seq, batch_pos, decision, reason)
  VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7), 0, 0, 0, $8, $9)`

const OUTBOX = 'INSERT INTO outbox (event_id, subject, event) VALUES ($1, $2, $3)'

const query = (name: string, text: string, values: unknown[]) => ({ name, text, values })

async function decide(client: PoolClient, request: QueuedRequest): Promise<Outcome> {
  const { id, doctorId, serviceId, patientId, startSeconds, fingerprint, principalId } = request
  const known = await client.query(
    query('known', 'SELECT fingerprint FROM booking_request WHERE id = $1', [id]),
  )
  if (known.rowCount === 1) return { decision: 'known' }
  const rules = await client.query<{ clinic_id: string; ends: string; reason: string | null }>(
    query('rules', RULES, [doctorId, serviceId, patientId, startSeconds]),
  )
  const rule = rules.rows[0] ?? { clinic_id: '', ends: '0', reason: 'doctor_unknown' }
  let { reason } = rule
  if (reason === null) {
    const placed = await client.query(
      query('appointment', APPOINTMENT, [
        id,
        doctorId,
        patientId,
        serviceId,
        rule.clinic_id,
        startSeconds,
        rule.ends,
      ]),
    )
    if (placed.rowCount === 0) reason = 'slot_taken'
  }
  const decision = reason === null ? 'booked' : 'refused'
  await client.query(
    query('request', REQUEST, [
      id,
      fingerprint,
      principalId,
      patientId,
      doctorId,
      serviceId,
      startSeconds,
      decision,
      reason,
    ]),
  )
  await client.query(query('outbox', OUTBOX, eventOf(request, decision, rule.clinic_id, Number(rule.ends))))
  if (reason !== null) return { decision: 'refused', reason }
  return { decision: 'booked', clinicId: rule.clinic_id, endSeconds: Number(rule.ends) }
}

function eventOf(request: QueuedRequest, decision: string, clinicId: string, ends: number): unknown[] {
  const { id, doctorId, patientId, serviceId, startSeconds, traceparent } = request
  const eventId = randomUUID()
  const event = {
    id: eventId,
    type: `appointment.${decision}`,
    source: 'booking',
    subject: id,
    version: 1,
    occurredAt: new Date().toISOString(),
    traceparent,
    data: {
      appointmentId: id,
      doctorId,
      patientId,
      serviceId,
      clinicId,
      start: new Date(startSeconds * 1000).toISOString(),
      end: new Date(ends * 1000).toISOString(),
      status: decision,
      reason: null,
      seq: '0:0:0',
    },
  }
  return [eventId, `appointment.${decision}.${doctorId}.${patientId}`, JSON.stringify(event)]
}

await runVariant(
  (pool: Pool) => (request) => withTransaction(pool, (client) => decide(client, request)),
  Number(process.env.BENCH_POOL ?? 20),
)
