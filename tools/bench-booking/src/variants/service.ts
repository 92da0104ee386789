import { createPool } from '@medqueue/database'
import { loadApiConfig } from '@medqueue/booking/internal'
import { buildService, formatTraceparent, runService, type Service } from '@medqueue/service-kit'
import {
  Appointment,
  AppointmentRequest,
  type BookingOrder,
  PLAN_SETTINGS,
  decidedView,
  fingerprintOf,
  instantOf,
  type Outcome,
  type QueuedRequest,
  requestIdOf,
} from '@medqueue/booking/internal'
import type { Pool } from 'pg'

/**
 * The api of the variants that do without a queue: the same service kit, token check, permission, schemas, request
 * identity and answers as the product's. Only `decide` differs.
 */
export async function runVariant(
  makeDecide: (pool: Pool) => (request: QueuedRequest) => Promise<Outcome>,
  poolMax: number,
): Promise<void> {
  const config = loadApiConfig()
  const pool = createPool({
    url: config.DATABASE_URL,
    max: poolMax,
    name: 'bench',
    settings: PLAN_SETTINGS,
  })
  const decide = makeDecide(pool)
  const app: Service = await buildService({ name: 'bench', version: '0', config })
  app.post(
    '/v1/appointments',
    {
      config: { permission: 'appointment:book' },
      schema: { body: AppointmentRequest, response: { 201: Appointment } },
    },
    async (request, reply) => {
      const { doctorId, serviceId, start } = request.body as {
        doctorId: string
        serviceId: string
        start: string
      }
      const principalId = request.caller.id
      const order: BookingOrder = {
        doctorId,
        serviceId,
        patientId: principalId,
        startSeconds: instantOf(start, 'start'),
      }
      const queued: QueuedRequest = {
        ...order,
        id: requestIdOf(principalId, String(request.headers['idempotency-key'])),
        fingerprint: fingerprintOf(order),
        principalId,
        traceparent: formatTraceparent(request.trace),
      }
      const outcome = await decide(queued)
      if (outcome.decision !== 'booked') return reply.code(409 as never).send(outcome as never)
      const view = decidedView(queued, outcome)
      return reply
        .code(201)
        .header('location', `/v1/appointments/${view.id}`)
        .header('etag', '"1"')
        .send(view)
    },
  )
  await runService(app, { host: '127.0.0.1', port: config.PORT, onClose: () => pool.end() })
}
