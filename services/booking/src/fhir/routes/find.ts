import type { Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { asTold } from '../audit/entry.ts'
import { findAppointments, findWishOf, MOST_IN_GROUP, patientsIn } from '../find.ts'
import { searchset } from '../map/bundle.ts'
import { isUuid } from '../map/ids.ts'
import { type Input, inputsOf, inputsOfQuery } from '../map/inputs.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import type { FhirPorts } from '../ports.ts'
import { audit } from './audit.ts'
import { baseOf, queryOf, resourceOf, sendResource } from './http.ts'
import { informationOf } from './paging.ts'

/**
 * ITI-115: `GET` and `POST /fhir/R4/Appointment/$find`. Free times are everybody's to see; who names a patient must be
 * the patient, or may book for others, and is not offered times at which the patient is elsewhere. Several
 * patients are a group: what is found has seats for all of them.
 */
export function findRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'public', waitingRoom: 'turn' }, schema: { hide: true } } as const

  const find = async (request: FastifyRequest, reply: FastifyReply, inputs: readonly Input[]) => {
    const base = baseOf(request)
    const directory = await ports.directory()
    const named = patientsIn(inputs, base)
    const patientIds = await patientsMeant(ports, request, named)
    const wish = findWishOf(inputs, directory, base)
    const found = await findAppointments(ports, wish, {
      directory,
      patientIds,
      seats: Math.max(1, named.length),
    })
    await audit(ports, request, {
      transaction: 'ITI-115',
      patientIds,
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

/** For whom the caller may ask; who is not known here is just a head more. */
async function patientsMeant(
  ports: FhirPorts,
  request: FastifyRequest,
  named: readonly (string | undefined)[],
): Promise<string[]> {
  if (named.length > MOST_IN_GROUP)
    throw new InvalidInput('value', `A group has ${MOST_IN_GROUP} patients at most`, 'patient-reference')
  const given = [...new Set(named.filter((id) => id !== undefined))]
  const patients = await Promise.all(given.map(async (id) => ports.forPatient(request.caller, id)))
  return patients.map(({ patientId }) => patientId).filter(isUuid)
}

const pairOf = ({ name, text, reference }: Input): [string, string] => [
  name,
  text ?? reference?.reference ?? reference?.identifier?.value ?? '',
]
