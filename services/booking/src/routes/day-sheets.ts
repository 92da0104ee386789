import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { PlainDate, Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { problems } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { readDaySheets } from '../staff-views/day-sheet.ts'
import { onlyDoctor, type ViewDeps } from '../staff-views/reader.ts'
import { DaySheet } from '../staff-views/schemas.ts'

/** `GET /v1/day-sheets`: a day in print, in the order of the clocks on the clinic's wall. */
export const daySheetRoutes: FastifyPluginAsyncTypebox<ViewDeps> = async (app, deps) => {
  app.get(
    '/v1/day-sheets',
    {
      config: { permission: 'grid:read' },
      schema: {
        operationId: 'readDaySheets',
        querystring: Type.Object(
          { date: PlainDate, clinicId: Type.Optional(Uuid), doctorId: Type.Optional(Uuid) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ date: Type.String(), sheets: Type.Array(DaySheet) }),
          404: Problem,
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request) => {
      const { date, clinicId } = request.query
      const doctorId = onlyDoctor(request.caller, request.query.doctorId)
      if (clinicId === undefined && doctorId === undefined)
        throw new ProblemError(BookingErrors.BOOKING_CLINIC_MISSING, { field: 'clinicId' })
      return { date, sheets: await readDaySheets(deps, { date, clinicId, doctorId }) }
    },
  )
}
