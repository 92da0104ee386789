import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Instant, Problem, strictObject, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { changeAppointment } from '../api/change.ts'
import { extend, hold, type HoldDeps } from '../api/hold.ts'
import { instantOf } from '../api/instant.ts'
import { patientOf, proxiedPatient } from '../api/patient-of.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { appointmentView, etagOf } from '../api/views.ts'

const Body = strictObject({
  doctorId: Uuid,
  serviceId: Uuid,
  start: Instant,
  patientId: Type.Optional(Uuid),
})

const One = Type.Object({ id: Uuid })

/**
 * `POST /v1/holds` keeps a slot for a patient for five minutes, `POST /v1/holds/{id}/extend` once for five more, and
 * `DELETE /v1/holds/{id}` lets it go. A booking with its `holdId` makes an appointment of it.
 */
export const holdRoutes: FastifyPluginAsyncTypebox<HoldDeps> = async (app, deps) => {
  app.post(
    '/v1/holds',
    {
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'holdSlot',
        body: Body,
        response: { 201: Appointment, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { start, patientId, ...slot } = request.body
      const { caller } = request
      const row = await hold(deps, {
        ...slot,
        ...(patientOf(caller, patientId) ?? (await proxiedPatient(deps.pool, caller, patientId))),
        startSeconds: instantOf(start, 'start'),
        caller,
        traceparent: formatTraceparent(request.trace),
      })
      return reply.code(201).header('etag', etagOf(row.version)).send(appointmentView(row))
    },
  )

  app.post(
    '/v1/holds/:id/extend',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'extendHold',
        params: One,
        response: { 200: Appointment, 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const row = await extend(deps, {
        id: request.params.id,
        caller: request.caller,
        traceparent: formatTraceparent(request.trace),
      })
      return reply.header('etag', etagOf(row.version)).send(appointmentView(row))
    },
  )

  app.delete(
    '/v1/holds/:id',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'releaseHold',
        params: One,
        response: { 204: Type.Null(), 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      await changeAppointment(deps, {
        id: request.params.id,
        action: 'release',
        caller: request.caller,
        reason: undefined,
        expected: undefined,
        traceparent: formatTraceparent(request.trace),
      })
      return reply.code(204).send(null)
    },
  )
}
