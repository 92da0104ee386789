import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { searchset } from '../map/bundle.ts'
import { uuidOf } from '../map/codes.ts'
import { isUuid } from '../map/ids.ts'
import { relatedPersonOf } from '../map/related-person.ts'
import { readSearch } from '../map/search.ts'
import { referencedId, tokenOf } from '../map/search-values.ts'
import { RELATED_SPEC } from '../map/specs.ts'
import type { FhirPorts } from '../ports.ts'
import type { RelatedRow } from '../store/list-related.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, nextOf, offsetOf, selfOf } from './paging.ts'

/**
 * `GET /fhir/R4/RelatedPerson`: who acts for the caller, and for whom the caller acts; nobody reads that of others. By its
 * id also what is over, and then not active.
 */
export function relatedPersonRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'appointment:read' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/RelatedPerson/:id', options, async (request, reply) => {
    const { id } = request.params
    const row = isUuid(id) ? await ports.relatedPerson(request.caller, id) : undefined
    if (row === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, relatedPersonOf(row, ports.now()))
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) => {
    const asked = readSearch(searchParamsOf(request), RELATED_SPEC, isStrict(request))
    const base = baseOf(request)
    const offset = offsetOf(asked)
    const rows = await ports.relatedPersons(request.caller)
    const found = rows.filter((row) =>
      asked.filters.every(({ name, values }) => values.some((value) => means(row, { name, value, base }))),
    )
    const end = offset + asked.count
    const more = asked.count > 0 && end < found.length
    const page = {
      base,
      total: found.length,
      matches: found.slice(offset, end).map((row) => relatedPersonOf(row, ports.now())),
      outcome: informationOf(asked),
      self: selfOf(base, 'RelatedPerson', asked),
      next: more ? nextOf(base, 'RelatedPerson', asked, String(end)) : undefined,
    }
    return sendResource(request, reply, searchset(page))
  }
  app.get('/RelatedPerson', options, search)
  app.post('/RelatedPerson/_search', options, search)
}

/** Whether a value of a filter means the grant. */
function means(
  row: RelatedRow,
  { name, value, base }: { name: string; value: string; base: string },
): boolean {
  if (name === '_id') return value === row.id
  if (name === 'patient') return referencedId(value, 'Patient', base) === row.patient_id
  const { system, code } = tokenOf(value)
  return uuidOf({ system, value: code }) === row.proxy_id
}
