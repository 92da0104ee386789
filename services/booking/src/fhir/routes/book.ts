import { formatTraceparent, ProblemError, type Service } from '@medqueue/service-kit'
import type { Appointment } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { versionOf } from '../../api/version.ts'
import { BookingErrors } from '../../errors.ts'
import { book, type BookedFor } from '../book.ts'
import { appointmentNamed } from '../find.ts'
import { appointmentOf, groupOf } from '../map/appointment.ts'
import { information, searchset } from '../map/bundle.ts'
import { isUuid } from '../map/ids.ts'
import { inputNamed, inputsOf } from '../map/inputs.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { notToBeHad, outcomeOf } from '../map/outcome.ts'
import type { FhirPorts } from '../ports.ts'
import { audit } from './audit.ts'
import { isLost, isRefusal, problemIn } from './errors.ts'
import { baseOf, etagOf, resourceOf, sendResource } from './http.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/** ITI-117: `POST /fhir/R4/Appointment/$book`. */
export function bookRoutes(app: Service, ports: FhirPorts): void {
  const options = {
    config: {
      permission: 'appointment:book',
      waitingRoom: (request: FastifyRequest) => takesFreeSlot(ports, request),
    },
    schema: { hide: true },
  } as const

  app.post('/Appointment/$book', options, async (request, reply) => {
    const base = baseOf(request)
    const asked = {
      inputs: inputsOf(resourceOf(request)),
      base,
      caller: request.caller,
      key: keyOf(request) ?? ports.newId(),
      expected: expectedIn(request),
      traceparent: formatTraceparent(request.trace),
    }
    try {
      const made = await book(ports, asked)
      await audit(ports, request, {
        transaction: 'ITI-117',
        patientIds: made.patientIds,
        appointmentId: made.id,
      })
      return await tell(ports, request, reply, made)
    } catch (error) {
      if (!(error instanceof ProblemError) || !isRefusal(error)) throw error
      const problem = problemIn(error, request)
      const outcome = isLost(error) ? notToBeHad(problem) : outcomeOf(problem)
      reply.code(error.statusCode).header('cache-control', 'no-store')
      return sendResource(request, reply, searchset({ base, total: 0, matches: [], outcome }))
    }
  })
}

/** To cancel, or to book what one holds, one need not wait for a turn. What cannot be read is refused by the route. */
function takesFreeSlot({ mayHold }: FhirPorts, request: FastifyRequest): boolean {
  try {
    const inputs = inputsOf(resourceOf(request))
    const id = appointmentNamed(inputs, baseOf(request))
    const asked = inputNamed(inputs, 'appointment-resource')?.resource as Appointment | undefined
    if (asked?.status === 'cancelled') return false
    return id === undefined || !isUuid(id) || !mayHold(request.caller.id)
  } catch (error) {
    if (error instanceof InvalidInput) return true
    throw error
  }
}

async function tell(ports: FhirPorts, request: FastifyRequest, reply: FastifyReply, made: BookedFor) {
  const base = baseOf(request)
  reply.header('location', `${base}/Appointment/${made.id}`)
  const views = made.booked.flatMap((each) => (each.status === 'queued' ? [] : [each]))
  const [first, ...others] = views
  if (first === undefined || views.length < made.booked.length) {
    const outcome = information([
      'The request waits for its decision: ask for the appointment again in a moment.',
    ])
    return sendResource(request, reply.code(202), searchset({ base, total: 0, matches: [], outcome }))
  }
  const directory = await ports.directory()
  const appointment =
    others.length === 0 ? appointmentOf(first, directory) : groupOf(made.id, [first, ...others], directory)
  reply.header('etag', etagOf(appointment))
  return sendResource(request, reply, searchset({ base, total: 1, matches: [appointment] }))
}

/** The Idempotency-Key, or undefined: clients of FHIR need not know it. Throws BOOKING_KEY_MISSING for a bad one. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new ProblemError(BookingErrors.BOOKING_KEY_MISSING, { field: 'Idempotency-Key' })
  }
  return key
}

/** The version If-Match asks for; ETags of FHIR are weak. Throws BOOKING_STALE for one that is not ours. */
export function expectedIn({ headers }: FastifyRequest): number | undefined {
  return versionOf(headers['if-match']?.replace(/^W\//, ''))
}
