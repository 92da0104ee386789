import { formatTraceparent, ProblemError, type Service } from '@medqueue/service-kit'

import { BookingErrors } from '../../errors.ts'
import { appointmentNamed, patientIn } from '../find.ts'
import { appointmentOf } from '../map/appointment.ts'
import { searchset } from '../map/bundle.ts'
import { offerOf } from '../map/ids.ts'
import { inputsOf, refuseOthers } from '../map/inputs.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { notToBeHad, outcomeOf } from '../map/outcome.ts'
import type { FhirPorts } from '../ports.ts'
import { isLost, isRefusal, problemIn } from './errors.ts'
import { audit } from './audit.ts'
import { baseOf, etagOf, resourceOf, sendResource } from './http.ts'

/** ITI-116: `POST /fhir/R4/Appointment/$hold` keeps a proposed appointment for five minutes. */
export function holdRoutes(app: Service, ports: FhirPorts): void {
  const options = {
    config: { permission: 'appointment:book', waitingRoom: 'turn' },
    schema: { hide: true },
  } as const

  app.post('/Appointment/$hold', options, async (request, reply) => {
    const base = baseOf(request)
    const inputs = inputsOf(resourceOf(request))
    refuseOthers(inputs, ['appointment-reference', 'patient-reference'])
    const id = appointmentNamed(inputs, base)
    if (id === undefined) throw new InvalidInput('required', 'This is missing', 'appointment-reference')
    const patient = await ports.forPatient(request.caller, patientIn(inputs, base))
    try {
      const offer = offerOf(id)
      if (offer === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      const { doctorId, serviceId, start: startSeconds } = offer
      const { caller } = request
      const traceparent = formatTraceparent(request.trace)
      const view = await ports.hold({ doctorId, serviceId, startSeconds, ...patient, caller, traceparent })
      await audit(ports, request, {
        transaction: 'ITI-116',
        patientIds: [view.patientId],
        appointmentId: view.id,
      })
      const held = appointmentOf(view, await ports.directory())
      reply.header('etag', etagOf(held)).header('location', `${base}/Appointment/${view.id}`)
      return await sendResource(request, reply, searchset({ base, total: 1, matches: [held] }))
    } catch (error) {
      if (!(error instanceof ProblemError) || !isRefusal(error)) throw error
      reply.code(error.statusCode).header('cache-control', 'no-store')
      const problem = problemIn(error, request)
      return sendResource(request, reply, isLost(error) ? notToBeHad(problem) : outcomeOf(problem))
    }
  })
}
