import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Instant, Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { rangeOf } from '../api/instant.ts'
import { problems } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { readGrid } from '../staff-views/grid.ts'
import { onlyDoctor, type ViewDeps } from '../staff-views/reader.ts'
import { Grid } from '../staff-views/schemas.ts'

/** A month as calendars show it: six weeks. Seconds; an hour more for a change of clocks. */
const LONGEST = 42 * 86_400 + 3_600

/** `GET /v1/grids`: what a day, a week or a month holds, by doctor, by room and device, or by clinic. */
export const gridRoutes: FastifyPluginAsyncTypebox<ViewDeps> = async (app, deps) => {
  app.get(
    '/v1/grids',
    {
      config: { permission: 'grid:read' },
      schema: {
        operationId: 'readGrid',
        summary:
          'Doctors see their own visits, staff all; a doctor’s column has hours, closures, buffers and holds',
        querystring: Type.Object(
          {
            by: Type.Enum(['doctor', 'room', 'clinic']),
            from: Instant,
            to: Instant,
            clinicId: Type.Optional(Uuid),
            doctorId: Type.Optional(Uuid),
          },
          { additionalProperties: false },
        ),
        response: { 200: Grid, 404: Problem, 422: Problem, ...problems() },
      },
    },
    async (request) => {
      const { by, from, to, clinicId, doctorId } = request.query
      const range = rangeOf(from, to)
      if (range.end - range.start > LONGEST)
        throw new ProblemError(BookingErrors.BOOKING_GRID_TOO_LARGE, { field: 'to' })
      if (by === 'room' && clinicId === undefined)
        throw new ProblemError(BookingErrors.BOOKING_CLINIC_MISSING, { field: 'clinicId' })
      return readGrid(deps, { by, range, clinicId, doctorId: onlyDoctor(request.caller, doctorId) })
    },
  )
}
