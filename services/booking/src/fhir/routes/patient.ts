import { type Caller, CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { Patient } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { searchset } from '../map/bundle.ts'
import { identifierOf, uuidOf } from '../map/codes.ts'
import { isUuid } from '../map/ids.ts'
import { readSearch } from '../map/search.ts'
import { tokenOf } from '../map/search-values.ts'
import { PATIENT_SPEC } from '../map/specs.ts'
import type { FhirPorts } from '../ports.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, selfOf } from './paging.ts'

/** A patient as far as booking knows them. Name and birth are the directory's, and stay there. */
export function patientOf({
  id,
  version,
  active,
}: {
  id: string
  version: number
  active: boolean
}): Patient {
  return {
    resourceType: 'Patient',
    id,
    meta: { versionId: String(version) },
    identifier: [identifierOf(id)],
    active,
  }
}

/** `GET /fhir/R4/Patient`: the caller's own record, by its id that of a patient they act for, and no other. */
export function patientRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'appointment:read' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/Patient/:id', options, async (request, reply) => {
    const { id } = request.params
    const isTheirs = id === request.caller.id || (await actsFor(ports, request.caller, id))
    const row = isTheirs ? await ports.patient(id) : undefined
    if (row === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, patientOf(row))
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) => {
    const asked = readSearch(searchParamsOf(request), PATIENT_SPEC, isStrict(request))
    const { caller } = request
    const isMine = asked.filters.every(({ name, values }) =>
      values.some((value) => {
        const { system, code } = tokenOf(value)
        return caller.id === (name === '_id' ? value : uuidOf({ system, value: code }))
      }),
    )
    const row = isMine ? await ports.patient(caller.id) : undefined
    const base = baseOf(request)
    return sendResource(
      request,
      reply,
      searchset({
        base,
        total: row === undefined ? 0 : 1,
        matches: row === undefined || asked.count === 0 ? [] : [patientOf(row)],
        outcome: informationOf(asked),
        self: selfOf(base, 'Patient', asked),
      }),
    )
  }
  app.get('/Patient', options, search)
  app.post('/Patient/_search', options, search)
}

const actsFor = async (ports: FhirPorts, caller: Caller, id: string) =>
  isUuid(id) && (await ports.proxied(caller, [id])).has(id)
