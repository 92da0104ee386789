import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { APPOINTMENT_STATUSES, Cursor, Instant, Uuid } from '@medqueue/contracts'
import { type Caller, ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'
import { Type } from 'typebox'

import { shownTo } from '../api/access.ts'
import { decodeCursor, encodeCursor } from '../api/cursor.ts'
import { boundOf } from '../api/instant.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { appointmentView } from '../api/views.ts'
import { BookingErrors } from '../errors.ts'
import { findProxy } from '../store/find-proxy.ts'
import { listAppointments } from '../store/list-appointments.ts'

const Query = Type.Object(
  {
    patientId: Type.Optional(Uuid),
    doctorId: Type.Optional(Uuid),
    status: Type.Optional(Type.Enum([...APPOINTMENT_STATUSES])),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Cursor),
  },
  { additionalProperties: false },
)

/**
 * `GET /v1/appointments` lists the caller's own: as patient, or with `doctorId` as doctor; with `patientId` those of a
 * patient they act for. Admins may list anybody's.
 */
export const appointmentListRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  app.get(
    '/v1/appointments',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'listAppointments',
        querystring: Query,
        response: {
          200: Type.Object({ appointments: Type.Array(Appointment), next: Type.Optional(Type.String()) }),
          ...problems(),
        },
      },
    },
    async (request) => {
      const { status, from, to, limit, cursor } = request.query
      const whom = whose(request.caller, request.query)
      const notes = whom !== undefined || (await proxied(pool, request.caller, request.query))
      const rows = await listAppointments(pool, {
        ...(whom ?? request.query),
        status,
        from: from === undefined ? undefined : boundOf(from, 'from'),
        to: to === undefined ? undefined : boundOf(to, 'to'),
        after: cursor === undefined ? undefined : decodeCursor(cursor),
        limit: limit + 1,
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const more = rows.length > limit && last !== undefined
      return {
        appointments: page.map((row) => appointmentView(shownTo({ notes }, row))),
        ...(more ? { next: encodeCursor(Number(last.starts), last.id) } : {}),
      }
    },
  )
}

interface Whose {
  patientId?: string | undefined
  doctorId?: string | undefined
}

/** One of the two is the caller, or the caller may read everybody's; undefined otherwise. */
function whose(caller: Caller, { patientId, doctorId }: Whose): Whose | undefined {
  if (patientId === undefined && doctorId === undefined) {
    return caller.roles.includes('patient') || caller.roles.includes('admin')
      ? { patientId: caller.id }
      : { doctorId: caller.id }
  }
  const own = patientId === caller.id || doctorId === caller.id
  return own || caller.can('appointment:read-any') ? { patientId, doctorId } : undefined
}

/** The patient lets the caller act for them: whether what people have written is shown. Throws BOOKING_NOT_FOUND. */
async function proxied(pool: pg.Pool, caller: Caller, { patientId = '' }: Whose): Promise<boolean> {
  const grant = await findProxy(pool, { proxyId: caller.id, patientId })
  if (grant === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
  return grant.notes
}
