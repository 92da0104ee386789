import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import {
  type CalendarMessage,
  cancellation,
  type Person,
  publication,
  sequenceOf,
  type Visit,
  visitStatusOf,
} from '@medqueue/icalendar'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'
import { Type } from 'typebox'

import { type Access, accessTo } from '../api/access.ts'
import { problems } from '../api/schemas.ts'
import { etagOf } from '../api/views.ts'
import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { findPlace } from '../store/find-place.ts'
import { listVisitStates } from '../store/list-visit-states.ts'

export interface AppointmentCalendarOptions {
  pool: pg.Pool
  /** Whom calendars name as the organizer of visits. */
  organizer: Person
}

/** `GET /v1/appointments/{id}/calendar.ics`: one visit, to take into a calendar; a cancelled one, to take it out. */
export const appointmentCalendarRoutes: FastifyPluginAsyncTypebox<AppointmentCalendarOptions> = async (
  app,
  { pool, organizer },
) => {
  app.get(
    '/v1/appointments/:id/calendar.ics',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'downloadAppointmentCalendar',
        params: Type.Object({ id: Uuid }),
        response: { 200: Type.String({ description: 'text/calendar' }), 404: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const row = await findAppointment(pool, request.params.id)
      const access = row === undefined ? undefined : await accessTo(pool, request.caller, row)
      if (row === undefined || access === undefined) throw notFound()
      const { contentType, body } = messageOf(await visitOf(pool, row, access), organizer)
      return reply
        .header('content-type', contentType)
        .header('content-disposition', 'attachment; filename="visit.ics"')
        .header('etag', etagOf(row.version))
        .send(body)
    },
  )
}

function notFound(): ProblemError {
  return new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
}

/** Nobody ever saw what was given up while it was only held, so there is nothing to take out of a calendar. */
function messageOf(visit: Visit, organizer: Person): CalendarMessage {
  const isCalledOff = visit.status === 'cancelled' && visit.sequence > 0
  return isCalledOff ? cancellation(visit, { organizer, attendees: [] }) : publication(visit, organizer)
}

/** The visit by its log; the patient's message is for the care side only. Throws BOOKING_NOT_FOUND. */
async function visitOf(pool: pg.Pool, row: AppointmentRow, { part }: Access): Promise<Visit> {
  const [states, place] = await Promise.all([listVisitStates(pool, row.id), findPlace(pool, row.clinic_id)])
  const shown = states.flatMap(({ status, clinic_id: clinicId, starts, ends, at }) => {
    const seen = visitStatusOf(status)
    return seen === undefined
      ? []
      : [{ status: seen, clinicId, start: Number(starts) * 1000, end: Number(ends) * 1000, at: at.getTime() }]
  })
  const last = shown.at(-1)
  // What is only held is in nobody's calendar.
  if (last === undefined || place === undefined) throw notFound()
  const care = part !== 'patient'
  return {
    appointmentId: row.id,
    start: last.start,
    end: last.end,
    zone: place.zone,
    status: last.status,
    sequence: sequenceOf(shown),
    changedAt: last.at,
    place: { name: place.name, address: place.city },
    ...(care && row.message !== null ? { notes: row.message } : {}),
  }
}
