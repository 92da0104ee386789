import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { type Caller, formatTraceparent, ProblemError } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'

import type { AnyDoctorCall, AnyDoctorWish } from '../api/any-doctor.ts'
import type { Booking } from '../api/booking.ts'
import { instantOf } from '../api/instant.ts'
import { keyOf } from '../api/key.ts'
import { requireOverbook } from '../api/overbook.ts'
import { type ForPatient, patientOf, proxiedPatient } from '../api/patient-of.ts'
import { Appointment, AppointmentRequest, problems, Queued } from '../api/schemas.ts'
import type { Booked } from '../api/verdict.ts'
import { etagOf } from '../api/views.ts'
import { BookingErrors } from '../errors.ts'

export interface AppointmentRoutesOptions {
  booking: Booking
  bookAnyDoctor: (call: AnyDoctorCall) => Promise<Booked>
  pool: pg.Pool
  /** Milliseconds a caller waits when it does not say. */
  defaultWaitMs: number
  /** False: that person holds no slot. */
  mayHold: (patientId: string) => boolean
}

const LONGEST_WAIT_MS = 10_000

/** `POST /v1/appointments` asks for an appointment; `GET /v1/appointments/{id}` reads one. */
export const appointmentRoutes: FastifyPluginAsyncTypebox<AppointmentRoutesOptions> = async (
  app,
  options,
) => {
  const { booking, bookAnyDoctor, pool, defaultWaitMs, mayHold } = options
  /** Who holds a slot has had a turn; a made-up hold is none. */
  const takesFreeSlot = ({ body, caller }: FastifyRequest) => {
    const { holdId, patientId = caller.id } = body as AppointmentRequest
    return holdId === undefined || !mayHold(patientId)
  }

  app.post(
    '/v1/appointments',
    {
      config: { permission: 'appointment:book', waitingRoom: takesFreeSlot },
      schema: {
        operationId: 'requestAppointment',
        summary: 'Ask for an appointment; waits for the decision, 2 s unless Prefer: wait=N says otherwise',
        headers: Type.Object({
          'idempotency-key': Type.Optional(Type.String()),
          prefer: Type.Optional(Type.String({ maxLength: 200 })),
        }),
        body: AppointmentRequest,
        response: { 201: Appointment, 202: Queued, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const key = keyOf(request.headers['idempotency-key'])
      const { doctorId, patientId } = request.body
      const { caller } = request
      const patient = patientOf(caller, patientId) ?? (await proxiedPatient(pool, caller, patientId))
      const wish = wishOf(caller, request.body, patient)
      const waitMs = waitOf(request.headers.prefer) ?? defaultWaitMs
      const call = {
        principalId: caller.id,
        key,
        waitMs,
        traceparent: formatTraceparent(request.trace),
      }
      const result =
        doctorId === undefined
          ? await bookAnyDoctor({ ...call, wish })
          : await booking.book({ ...call, order: { ...wish, doctorId } })
      if (result.status === 'queued') {
        return reply.code(202).header('location', `/v1/booking-requests/${result.id}`).send(result)
      }
      return sendAppointment(reply.code(201), result)
    },
  )

  app.get(
    '/v1/appointments/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getAppointment',
        params: Type.Object({ id: Uuid }),
        response: { 200: Appointment, 404: Problem, ...problems() },
      },
    },
    async (request, reply) => sendAppointment(reply, await booking.get(request.params.id, request.caller)),
  )
}

function sendAppointment(reply: FastifyReply, appointment: Appointment): FastifyReply {
  return reply
    .header('location', `/v1/appointments/${appointment.id}`)
    .header('etag', etagOf(appointment.version))
    .send(appointment)
}

/** Milliseconds of `Prefer: wait=N` (RFC 7240, seconds), at most 10 s. */
function waitOf(prefer: string | undefined): number | undefined {
  const seconds = prefer === undefined ? undefined : /(?:^|[,;\s])wait=(\d{1,5})/i.exec(prefer)?.[1]
  return seconds === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Number(seconds) * 1000)
}

/** Throws BOOKING_DOCTOR_MISSING, BOOKING_OVERBOOK_FORBIDDEN, BOOKING_INSTANT_INVALID. */
function wishOf(caller: Caller, body: AppointmentRequest, patient: ForPatient): AnyDoctorWish {
  const { doctorId, start, overbookReason: overbook, ...asked } = body
  const { patientId } = patient
  const { specialtyId, clinicId, city, language } = asked
  const anywhere = [specialtyId, clinicId, city, language].every((one) => one === undefined)
  // Exactly one of the two: a doctor, or where to look for one.
  if ((doctorId === undefined) === anywhere)
    throw new ProblemError(BookingErrors.BOOKING_DOCTOR_MISSING, {
      field: 'doctorId',
      ...(anywhere
        ? {}
        : { detail: 'doctorId says which: leave specialtyId, clinicId, city and language out' }),
    })
  // A hold is on one doctor's slot, and so is what somebody is booked over.
  if ((asked.holdId ?? overbook) !== undefined && doctorId === undefined)
    throw new ProblemError(BookingErrors.BOOKING_DOCTOR_MISSING, {
      field: 'doctorId',
      detail: 'A holdId or an overbookReason is for one doctor: send the doctorId',
    })
  if (overbook !== undefined) requireOverbook(caller, { doctorId: doctorId ?? '', patientId })
  return { ...asked, overbook, ...patient, startSeconds: instantOf(start, 'start') }
}
