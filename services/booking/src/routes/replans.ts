import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { formatTraceparent, ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { mayRead } from '../api/booking.ts'
import type { HoldDeps } from '../api/hold.ts'
import { keyOf } from '../api/key.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { appointmentView } from '../api/views.ts'
import { BookingErrors } from '../errors.ts'
import { acceptProposal, declineProposal } from '../replan/answer.ts'
import { dryRun, planDay } from '../replan/plan.ts'
import { Replan, ReplanBody, ReplanVisit } from '../replan/schemas.ts'
import { dryView, replanView, visitView } from '../replan/views.ts'
import { findReplan, listReplanVisits } from '../store/replans.ts'

const one = Type.Object({ id: Uuid, appointmentId: Uuid })

/**
 * A doctor is away: `POST /v1/replans` proposes another time or doctor to every patient of the day, or with `dryRun` only
 * tells what it would; patients accept or decline; who has not is listed for the phone.
 */
export const replanRoutes: FastifyPluginAsyncTypebox<HoldDeps> = async (app, deps) => {
  const answerOf = ({
    params,
    caller,
    trace,
  }: FastifyRequest<{ Params: { id: string; appointmentId: string } }>) => ({
    ...{ replanId: params.id, appointmentId: params.appointmentId, caller },
    traceparent: formatTraceparent(trace),
  })
  const read = async (id: string) => {
    const [plan, visits] = await Promise.all([findReplan(deps.pool, id), listReplanVisits(deps.pool, id)])
    if (plan === undefined) throw new ProblemError(BookingErrors.BOOKING_REPLAN_NOT_FOUND)
    return { plan, visits }
  }

  app.post(
    '/v1/replans',
    {
      config: { permission: 'replan:write' },
      schema: {
        operationId: 'planDayAnew',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: ReplanBody,
        response: { 200: Replan, 201: Replan, 404: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { dryRun: dry, ...body } = request.body
      const call = { ...body, caller: request.caller, traceparent: formatTraceparent(request.trace) }
      if (dry) return dryView(body.doctorId, body.date, await dryRun(deps, call))
      const id = await planDay(deps, { ...call, key: keyOf(request.headers['idempotency-key']) })
      const { plan, visits } = await read(id)
      return reply.code(201).header('location', `/v1/replans/${id}`).send(replanView(plan, visits))
    },
  )

  app.get(
    '/v1/replans/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getReplan',
        summary: 'All visits for the doctor and for staff, for a patient their own',
        params: Type.Object({ id: Uuid }),
        response: { 200: Replan, 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { plan, visits } = await read(request.params.id)
      const { caller } = request
      const all = plan.doctor_id === caller.id || caller.can('appointment:read-any')
      const own = all ? visits : visits.filter((visit) => mayRead(caller, visit))
      if (!all && own.length === 0) throw new ProblemError(BookingErrors.BOOKING_REPLAN_NOT_FOUND)
      return replanView(plan, own)
    },
  )

  app.post(
    '/v1/replans/:id/visits/:appointmentId/accept',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'acceptProposal',
        params: one,
        response: { 200: Appointment, 404: Problem, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request) => appointmentView(await acceptProposal(deps, answerOf(request))),
  )

  app.post(
    '/v1/replans/:id/visits/:appointmentId/decline',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'declineProposal',
        params: one,
        response: { 200: ReplanVisit, 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request) => visitView(await declineProposal(deps, answerOf(request))),
  )
}
