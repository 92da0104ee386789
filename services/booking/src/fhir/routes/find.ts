import type { Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { asTold } from '../audit/entry.ts'
import { findAppointments, findWishOf, patientIn } from '../find.ts'
import { searchset } from '../map/bundle.ts'
import { isUuid } from '../map/ids.ts'
import { type Input, inputsOf, inputsOfQuery } from '../map/inputs.ts'
import type { FhirPorts } from '../ports.ts'
import { audit } from './audit.ts'
import { baseOf, queryOf, resourceOf, sendResource } from './http.ts'
import { informationOf } from './paging.ts'

/**
 * ITI-115: `GET` and `POST /fhir/R4/Appointment/$find`. Free times are everybody's to see; who names a patient must be
 * the patient, or may book for others, and is not offered times at which the patient is elsewhere.
 */
export function findRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'public', waitingRoom: 'turn' }, schema: { hide: true } } as const

  const find = async (request: FastifyRequest, reply: FastifyReply, inputs: readonly Input[]) => {
    const base = baseOf(request)
    const directory = await ports.directory()
    const named = patientIn(inputs, base)
    const patient = named === undefined ? undefined : await ports.forPatient(request.caller, named)
    const patientId = patient?.patientId
    const wish = findWishOf(inputs, directory, base)
    const found = await findAppointments(ports, wish, {
      directory,
      patientId: patientId !== undefined && isUuid(patientId) ? patientId : undefined,
    })
    await audit(ports, request, {
      transaction: 'ITI-115',
      patientIds: patientId !== undefined && isUuid(patientId) ? [patientId] : [],
      query: asTold('Appointment/$find', inputs.map(pairOf)),
    })
    const more = found.isMore ? ['There are more than were counted: make the search narrower.'] : []
    const { appointments: matches, total } = found
    const nothing = matches.length === 0 && total > 0 ? ['Only the number was asked for.'] : []
    const outcome = informationOf(wish, ...more, ...nothing)
    return sendResource(request, reply, searchset({ base, total, matches, outcome }))
  }

  app.get('/Appointment/$find', options, async (request, reply) =>
    find(request, reply, inputsOfQuery(queryOf(request))),
  )
  app.post('/Appointment/$find', options, async (request, reply) =>
    find(request, reply, inputsOf(resourceOf(request))),
  )
}

const pairOf = ({ name, text, reference }: Input): [string, string] => [
  name,
  text ?? reference?.reference ?? reference?.identifier?.value ?? '',
]
