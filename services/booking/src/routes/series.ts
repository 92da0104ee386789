import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { keyOf } from '../api/key.ts'
import { problems } from '../api/schemas.ts'
import { appointmentView } from '../api/views.ts'
import { askedSeries } from '../series/asked.ts'
import { bookSeries, type SeriesDeps } from '../series/book.ts'
import { readSeries } from '../series/change.ts'
import { previewSeries } from '../series/preview.ts'
import { Occurrence, Series, SeriesBody, SeriesBooking, VisitOutcome } from '../series/schemas.ts'

export interface SeriesRoutesOptions extends SeriesDeps {
  /** How long the decisions are waited for; milliseconds. */
  waitMs: number
}

/** `POST /v1/series/preview` looks at every visit of a series, `POST /v1/series` books it, `GET /v1/series/{id}` reads it. */
export const seriesRoutes: FastifyPluginAsyncTypebox<SeriesRoutesOptions> = async (app, deps) => {
  app.post(
    '/v1/series/preview',
    {
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'previewSeries',
        summary: 'Nothing is booked: every visit is free, or is told why not, with the nearest free slots',
        body: SeriesBody,
        response: { 200: Type.Object({ visits: Type.Array(Occurrence) }), 422: Problem, ...problems() },
      },
    },
    async (request) => {
      const series = await askedSeries(deps, request.caller, request.body)
      return { visits: await previewSeries(deps, series) }
    },
  )

  app.post(
    '/v1/series',
    {
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'bookSeries',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String()) }),
        body: SeriesBooking,
        response: {
          201: Type.Object({ id: Uuid, visits: Type.Array(VisitOutcome) }),
          409: Problem,
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const { mode, message, answers, ...body } = request.body
      const { caller } = request
      const booked = await bookSeries(deps, {
        ...{ mode, message, answers, caller, waitMs: deps.waitMs },
        series: await askedSeries(deps, caller, body),
        key: keyOf(request.headers['idempotency-key']),
        traceparent: formatTraceparent(request.trace),
      })
      return reply.code(201).header('location', `/v1/series/${booked.id}`).send(booked)
    },
  )

  app.get(
    '/v1/series/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getSeries',
        params: Type.Object({ id: Uuid }),
        response: { 200: Series, 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { series, visits } = await readSeries(deps, request.params.id, request.caller)
      const { id, patient_id: patientId, doctor_id: doctorId, service_id: serviceId } = series
      return { id, patientId, doctorId, serviceId, visits: visits.map(appointmentView) }
    },
  )
}
