import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import { mustOwn } from '../operations/guards.ts'
import { openHits } from '../operations/hits.ts'
import { Hit, writeHit } from '../resources/hits.ts'
import { authorOf } from './author.ts'
import { decodeCursor, encodeCursor, Next, pageOf, Paging } from './paging.ts'

const Query = strictObject({ doctorId: Uuid, ...Paging })
const Page = Type.Object({ items: Type.Array(Hit), next: Next })
const POSITION = /^(\d{1,16}) ([0-9a-f-]{36})$/

/**
 * `GET /v1/schedule-hits`: the future appointments of a doctor that lie in no window, whatever took it away. They stay
 * in the list until they are moved or cancelled, or the time is offered again.
 */
export const scheduleHitRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  app.get(
    '/v1/schedule-hits',
    {
      config: { permission: 'schedule:read' },
      schema: {
        operationId: 'listScheduleHits',
        querystring: Query,
        response: { 200: Page, 403: Problem, 422: Problem },
      },
    },
    async (request) => {
      const { doctorId, cursor, limit } = request.query
      mustOwn(authorOf(request), doctorId)
      const [start, id = ''] = cursor === undefined ? [] : decodeCursor(cursor, POSITION)
      const hits = await openHits(core, [doctorId])
      const rest = hits.filter((hit) => {
        return (
          start === undefined || hit.start > Number(start) || (hit.start === Number(start) && hit.id > id)
        )
      })
      const { items, next } = pageOf(rest, limit, (hit) => encodeCursor(String(hit.start), hit.id))
      return { items: items.map(writeHit), next }
    },
  )
}
