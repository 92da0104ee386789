import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { type Caller, formatTraceparent, ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'

import type { ChangeDeps } from '../api/change.ts'
import { problems } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { type BoardDeps, readLine } from '../queue-tickets/board.ts'
import { CallBody, Ticket, TicketBody, ticketView } from '../queue-tickets/schemas.ts'
import { stepTicket, ticketForVisit, ticketForWalkIn, todayAt } from '../queue-tickets/tickets.ts'
import { findProxy } from '../store/find-proxy.ts'
import { callNext, findTicket } from '../store/tickets.ts'

export type TicketRoutesOptions = ChangeDeps & BoardDeps

const STEPS = ['serve', 'finish', 'miss', 'return', 'leave'] as const
const one = Type.Object({ id: Uuid })

/**
 * `POST /v1/tickets` gives a walk-in, or a patient who is checked in by it, a ticket; `POST /v1/tickets/call-next` calls
 * the first in line; `POST /v1/tickets/{id}/serve`, `/finish`, `/miss`, `/return` and `/leave` lead it on.
 */
export const ticketRoutes: FastifyPluginAsyncTypebox<TicketRoutesOptions> = async (app, deps) => {
  const actingOf = ({ caller, trace }: FastifyRequest) => ({ caller, traceparent: formatTraceparent(trace) })

  app.post(
    '/v1/tickets',
    {
      config: { permission: 'ticket:write' },
      schema: {
        operationId: 'makeTicket',
        body: TicketBody,
        response: { 201: Ticket, 404: Problem, 409: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { appointmentId, clinicId, patientId, doctorId, serviceId } = request.body
      if ((appointmentId === undefined) === (clinicId === undefined))
        throw new ProblemError(BookingErrors.BOOKING_CLINIC_MISSING, { field: 'clinicId' })
      const row =
        appointmentId === undefined
          ? await ticketForWalkIn(deps, { clinicId: clinicId ?? '', patientId, doctorId, serviceId })
          : await ticketForVisit(deps, appointmentId, actingOf(request))
      const { places } = await readLine(deps, row.clinic_id)
      return reply.code(201).send(ticketView(row, places.get(row.id)))
    },
  )

  app.get(
    '/v1/tickets',
    {
      config: { permission: 'ticket:write' },
      schema: {
        operationId: 'listTickets',
        summary: 'Today’s line of a clinic',
        querystring: Type.Object({ clinicId: Uuid }, { additionalProperties: false }),
        response: { 200: Type.Object({ tickets: Type.Array(Ticket) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { tickets, places } = await readLine(deps, request.query.clinicId)
      return { tickets: tickets.map((row) => ticketView(row, places.get(row.id))) }
    },
  )

  app.get(
    '/v1/tickets/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getTicket',
        summary:
          'A patient’s own ticket, or of whom they act for, with the place in line and how long it will be',
        params: one,
        response: { 200: Ticket, 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const row = await findTicket(deps.pool, request.params)
      const { caller } = request
      if (row === undefined || !(await maySee(deps.pool, caller, row.patient_id)))
        throw new ProblemError(BookingErrors.BOOKING_TICKET_NOT_FOUND)
      const { places } = await readLine(deps, row.clinic_id)
      return ticketView(row, places.get(row.id))
    },
  )

  app.post(
    '/v1/tickets/call-next',
    {
      config: { permission: 'ticket:write' },
      schema: {
        operationId: 'callNextTicket',
        body: CallBody,
        response: { 200: Type.Object({ ticket: Type.Optional(Ticket) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { clinicId, place } = request.body
      const { caller } = request
      // A doctor calls for nobody else.
      const doctorId = caller.can('appointment:read-any') ? request.body.doctorId : caller.id
      const day = await todayAt(deps, clinicId)
      const row = await withTransaction(deps.pool, (client) =>
        callNext(client, { clinicId, day, doctorId, place }),
      )
      return row === undefined ? {} : { ticket: ticketView(row, undefined) }
    },
  )

  for (const step of STEPS)
    app.post(
      `/v1/tickets/:id/${step}`,
      {
        config: { permission: 'ticket:write' },
        schema: {
          operationId: `${step}Ticket`,
          params: one,
          response: { 200: Ticket, 404: Problem, 409: Problem, ...problems() },
        },
      },
      async (request) => {
        const row = await stepTicket(deps, { id: request.params.id, step }, actingOf(request))
        return ticketView(row, undefined)
      },
    )
}

async function maySee(pool: pg.Pool, caller: Caller, patientId: string | null): Promise<boolean> {
  if (patientId === caller.id || caller.can('ticket:write')) return true
  return patientId !== null && (await findProxy(pool, { proxyId: caller.id, patientId })) !== undefined
}
