import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { type Caller, formatTraceparent, ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'

import { ownAccess, shownTo } from '../api/access.ts'
import type { HoldDeps } from '../api/hold.ts'
import { keyOf } from '../api/key.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { appointmentView } from '../api/views.ts'
import { BookingErrors } from '../errors.ts'
import { acceptProposal, declineProposal } from '../replan/answer.ts'
import { dryRun, planDay } from '../replan/plan.ts'
import { Replan, ReplanBody, ReplanVisit } from '../replan/schemas.ts'
import { dryView, replanView, visitView } from '../replan/views.ts'
import { listProxied } from '../store/list-proxied.ts'
import { findReplan, listReplanVisits, type ReplanVisitRow } from '../store/replans.ts'

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
        summary:
          'All visits for the doctor and for staff, for a patient their own, for a proxy the patient’s',
        params: Type.Object({ id: Uuid }),
        response: { 200: Replan, 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { plan, visits } = await read(request.params.id)
      const { caller } = request
      const all = plan.doctor_id === caller.id || caller.can('appointment:read-any')
      const own = all ? visits : await visitsOf(deps.pool, caller, visits)
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

/** Those of the caller, and if there are none, of the patients they act for. */
async function visitsOf(
  pool: pg.Pool,
  caller: Caller,
  visits: readonly ReplanVisitRow[],
): Promise<ReplanVisitRow[]> {
  const own = visits.filter((visit) => ownAccess(caller, visit) !== undefined)
  if (own.length > 0) return own
  const patientIds = visits.map(({ patient_id: id }) => id)
  const notes = await listProxied(pool, { proxyId: caller.id, patientIds })
  return visits.flatMap((visit) => {
    const grant = notes.get(visit.patient_id)
    return grant === undefined ? [] : [shownTo({ notes: grant }, visit)]
  })
}
