import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { Type } from 'typebox'

import { problems, SlotFilterQuery, SlotView } from '../api/schemas.ts'
import {
  activeService,
  bookableFrom,
  bookableService,
  intersection,
  type SlotSearchDeps,
} from '../api/slot-search.ts'
import { slotView } from '../api/views.ts'
import { soughtBy } from '../domain/sought.ts'
import { nextByDoctor } from '../slots/next-by-doctor.ts'
import { searchSlots } from '../slots/search.ts'

const NEXT_SECONDS = 120 * 86_400
const MOST_DOCTORS = 50
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

const OptionalSlot = Type.Union([SlotView, Type.Null()])

/** `GET /v1/slots/next` gives the first free slot, `GET /v1/slots/next-by-doctor` the first of each of many doctors. */
export const slotNextRoutes: FastifyPluginAsyncTypebox<SlotSearchDeps> = async (app, options) => {
  const { availability, catalogue, now } = options
  const soon = () => ({ start: now(), end: now() + NEXT_SECONDS })

  app.get(
    '/v1/slots/next',
    {
      config: { permission: 'public', waitingRoom: 'turn' },
      schema: {
        operationId: 'nextSlot',
        querystring: Type.Object(SlotFilterQuery, { additionalProperties: false }),
        response: { 200: Type.Object({ slot: OptionalSlot }), 422: Problem, ...problems() },
      },
    },
    async (request) => {
      const filter = request.query
      const shape = bookableService(catalogue(), filter)
      if (shape === undefined) return { slot: null }
      const [first] = await searchSlots(availability, {
        sought: soughtBy(filter, catalogue()),
        shape,
        range: intersection(soon(), bookableFrom(shape, now())),
        limit: 1,
      })
      return { slot: first === undefined ? null : slotView(first, filter.serviceId) }
    },
  )

  app.get(
    '/v1/slots/next-by-doctor',
    {
      config: { permission: 'public', waitingRoom: 'turn' },
      schema: {
        operationId: 'nextSlotByDoctor',
        summary: 'For a page of doctors: when each could first be seen',
        querystring: Type.Object(
          {
            serviceId: Uuid,
            doctorIds: Type.String({
              pattern: `^${UUID}(?:,${UUID}){0,${MOST_DOCTORS - 1}}$`,
              description: `At most ${MOST_DOCTORS} ids with commas between them`,
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ doctors: Type.Array(Type.Object({ doctorId: Uuid, slot: OptionalSlot })) }),
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request) => {
      const { serviceId } = request.query
      const shape = activeService(catalogue(), serviceId)
      const asked = [...new Set(request.query.doctorIds.split(','))]
      // Who is not known, not active or does not offer it has no slot.
      const { clinicIds } = soughtBy({ serviceId }, catalogue())
      const doctorIds = asked.filter(
        (doctorId) => soughtBy({ serviceId, doctorId }, catalogue()).doctorIds.length > 0,
      )
      const first = await nextByDoctor(availability, {
        sought: { doctorIds, clinicIds },
        shape,
        range: intersection(soon(), bookableFrom(shape, now())),
      })
      return {
        doctors: asked.map((doctorId) => {
          const slot = first.get(doctorId)
          return { doctorId, slot: slot === undefined ? null : slotView(slot, serviceId) }
        }),
      }
    },
  )
}
