import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import { type Caller, formatTraceparent, ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'

import { keyOf } from '../api/key.ts'
import type { RefusalDeps } from '../api/refusal.ts'
import { AnswersGiven, Appointment, problems, Queued } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { findProxy } from '../store/find-proxy.ts'
import { type ListedEntry, listEntries } from '../store/waitlist-entries.ts'
import { acceptOffer, type AnswerDeps, declineOffer, leaveWaitlist, readEntry } from '../waitlist/answer.ts'
import { joinWaitlist } from '../waitlist/join.ts'
import { entryView, WaitlistBody, WaitlistEntry } from '../waitlist/schemas.ts'

export type WaitlistRoutesOptions = AnswerDeps & RefusalDeps

const params = Type.Object({ id: Uuid })
const MOST_LISTED = 200

/**
 * `POST /v1/waitlist` joins the line for a time that is not free yet. Something free is offered to one person at a time,
 * who has fifteen minutes: `POST /v1/waitlist/{id}/accept` books it, `/decline` lets it go to the next.
 */
export const waitlistRoutes: FastifyPluginAsyncTypebox<WaitlistRoutesOptions> = async (app, deps) => {
  const viewOf = async (entry: ListedEntry) =>
    entryView(entry, entry.offer_id === null ? undefined : await findAppointment(deps.pool, entry.offer_id))
  const answerOf = (request: FastifyRequest<{ Params: { id: string } }>) => ({
    id: request.params.id,
    caller: request.caller,
    traceparent: formatTraceparent(request.trace),
  })

  app.post(
    '/v1/waitlist',
    {
      // Else whoever waits in the waiting room could have an offer sooner than a turn.
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'joinWaitlist',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: WaitlistBody,
        response: { 201: WaitlistEntry, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { caller, body } = request
      const key = keyOf(request.headers['idempotency-key'])
      const entry = await joinWaitlist(deps, { caller, key, body })
      return reply
        .code(201)
        .header('location', `/v1/waitlist/${entry.id}`)
        .send(await viewOf(entry))
    },
  )

  app.get(
    '/v1/waitlist',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'listWaitlist',
        summary:
          'Open entries in the order of the line: a patient’s own or of whom they act for, those for a doctor by name, or all for staff',
        querystring: Type.Object(
          { patientId: Type.Optional(Uuid), doctorId: Type.Optional(Uuid), serviceId: Type.Optional(Uuid) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ entries: Type.Array(WaitlistEntry) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { caller, query } = request
      const whom = whose(caller, query) ?? (await proxied(deps.pool, caller, query))
      const filter = { ...query, ...whom, limit: MOST_LISTED }
      const entries = await listEntries(deps.pool, { serviceId: request.query.serviceId, ...filter })
      return { entries: await Promise.all(entries.map(viewOf)) }
    },
  )

  app.get(
    '/v1/waitlist/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getWaitlistEntry',
        params,
        response: { 200: WaitlistEntry, 404: Problem, ...problems() },
      },
    },
    async (request) => viewOf(await readEntry(deps, request.params.id, request.caller)),
  )

  app.post(
    '/v1/waitlist/:id/accept',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'acceptWaitlistOffer',
        params,
        body: Type.Optional(
          Type.Union([strictObject({ answers: Type.Optional(AnswersGiven) }), Type.Null()]),
        ),
        response: { 201: Appointment, 202: Queued, 404: Problem, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const booked = await acceptOffer(deps, { ...answerOf(request), answers: request.body?.answers })
      return booked.status === 'queued' ? reply.code(202).send(booked) : reply.code(201).send(booked)
    },
  )

  app.post(
    '/v1/waitlist/:id/decline',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'declineWaitlistOffer',
        summary: 'The first time the place in line is kept',
        params,
        response: { 200: WaitlistEntry, 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request) => viewOf(await declineOffer(deps, answerOf(request))),
  )

  app.delete(
    '/v1/waitlist/:id',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'leaveWaitlist',
        params,
        response: { 204: Type.Null(), 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      await leaveWaitlist(deps, answerOf(request))
      return reply.code(204).send(null)
    },
  )
}

interface Whose {
  patientId?: string | undefined
  doctorId?: string | undefined
}

/** Undefined for a list of somebody else. */
function whose(caller: Caller, { patientId, doctorId }: Whose): Required<Whose> | undefined {
  if (caller.can('appointment:read-any')) return { patientId, doctorId }
  const own = [patientId, doctorId].every((id) => id === undefined || id === caller.id)
  if (!own) return undefined
  const asDoctor = doctorId === caller.id && caller.roles.includes('doctor')
  return asDoctor ? { patientId: undefined, doctorId } : { patientId: caller.id, doctorId: undefined }
}

/** The places of a patient for whom the caller acts. Throws BOOKING_WAITLIST_NOT_FOUND. */
async function proxied(
  pool: pg.Pool,
  caller: Caller,
  { patientId = '', doctorId }: Whose,
): Promise<Required<Whose>> {
  if ((await findProxy(pool, { proxyId: caller.id, patientId })) !== undefined) return { patientId, doctorId }
  throw new ProblemError(BookingErrors.BOOKING_WAITLIST_NOT_FOUND)
}
