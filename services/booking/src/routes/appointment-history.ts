import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ACTOR_PARTS, APPOINTMENT_STATUSES, Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'
import { Type } from 'typebox'

import { type Access, accessTo, isByProxy } from '../api/access.ts'
import { problems } from '../api/schemas.ts'
import { formatInstant } from '../domain/instants.ts'
import { inWords, type Visit } from '../domain/trail.ts'
import { BookingErrors } from '../errors.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { type HistoryRow, listHistory } from '../store/list-history.ts'

const Entry = Type.Object({
  version: Type.Integer(),
  at: Type.String({ description: 'RFC 3339, UTC' }),
  action: Type.String(),
  text: Type.String({ description: 'The change in a sentence, at the clinic’s time' }),
  by: Type.Enum([...ACTOR_PARTS, 'proxy'], { description: 'proxy: somebody who acts for the patient' }),
  actorId: Type.Optional({ ...Uuid, description: 'For the care side; for the patient, of their proxies' }),
  status: Type.Enum([...APPOINTMENT_STATUSES]),
  reason: Type.Optional(Type.String()),
  overbookReason: Type.Optional(Type.String({ description: 'For the care side only' })),
  doctorId: Uuid,
  serviceId: Uuid,
  start: Type.String(),
  end: Type.String(),
})

/** `GET /v1/appointments/{id}/history`: every change, with who made it in which part, when and why. */
export const appointmentHistoryRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (
  app,
  { pool },
) => {
  app.get(
    '/v1/appointments/:id/history',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getAppointmentHistory',
        params: Type.Object({ id: Uuid }),
        response: { 200: Type.Object({ history: Type.Array(Entry) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { id } = request.params
      const row = await findAppointment(pool, id)
      const access = row === undefined ? undefined : await accessTo(pool, request.caller, row)
      if (row === undefined || access === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      const history = await listHistory(pool, id)
      const seen = { ...access, own: row.patient_id === request.caller.id, patient_id: row.patient_id }
      return { history: history.map((entry, index) => entryView(entry, history[index - 1], seen)) }
    },
  )
}

interface Seen extends Access {
  /** The caller is the patient. */
  own: boolean
  patient_id: string
}

/** One change as they may see it; `before` is the one before it. */
function entryView(entry: HistoryRow, before: HistoryRow | undefined, seen: Seen) {
  const care = seen.part !== 'patient'
  const reason = seen.notes || entry.actor_part === 'system' ? entry.reason : null
  const actor = actorView(entry, seen, care)
  const { action, status } = entry
  return {
    version: entry.version,
    at: entry.at.toISOString(),
    action,
    text: inWords(
      { action, status, reason, by: actor.by, visit: visitOf(entry) },
      before && { status: before.status, visit: visitOf(before) },
    ),
    ...actor,
    status,
    ...(reason === null ? {} : { reason }),
    ...(care && entry.overbook_reason !== null ? { overbookReason: entry.overbook_reason } : {}),
    doctorId: entry.doctor_id,
    serviceId: entry.service_id,
    start: formatInstant(Number(entry.starts)),
    end: formatInstant(Number(entry.ends)),
  }
}

const visitOf = ({ starts, zone, doctor, service, clinic }: HistoryRow): Visit => ({
  ...{ zone, doctor, service, clinic },
  start: Number(starts),
})

/** A patient is told which of their proxies it was. */
function actorView(entry: HistoryRow, { own, patient_id }: Seen, care: boolean) {
  const byProxy = isByProxy({ ...entry, patient_id })
  const named = care || (own && byProxy)
  return {
    by: byProxy ? ('proxy' as const) : entry.actor_part,
    ...(named && entry.actor_id !== null ? { actorId: entry.actor_id } : {}),
  }
}
