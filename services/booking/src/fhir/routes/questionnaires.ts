import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { searchset } from '../map/bundle.ts'
import { questionnaireOf } from '../map/questionnaire.ts'
import { readSearch } from '../map/search.ts'
import { QUESTIONNAIRE_SPEC } from '../map/specs.ts'
import type { FhirPorts } from '../ports.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, nextOf, offsetOf, selfOf } from './paging.ts'

/** `GET /fhir/R4/Questionnaire`: what services ask, each under the id of its service; open to all, as the catalogue is. */
export function questionnaireRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'public' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/Questionnaire/:id', options, async (request, reply) => {
    const service = (await ports.directory()).services.get(request.params.id)
    const found = service === undefined ? undefined : questionnaireOf(service, baseOf(request))
    if (found === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, found)
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) =>
    sendResource(request, reply, await searchQuestionnaires(ports, request))
  app.get('/Questionnaire', options, search)
  app.post('/Questionnaire/_search', options, search)
}

async function searchQuestionnaires(ports: FhirPorts, request: FastifyRequest) {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), QUESTIONNAIRE_SPEC, isStrict(request))
  const services = [...(await ports.directory()).services.values()]
  const meant = services.filter(({ id }) => asked.filters.every(({ values }) => values.includes(id)))
  const found = meant.flatMap((service) => questionnaireOf(service, base) ?? [])
  const offset = offsetOf(asked)
  const matches = found.slice(offset, offset + asked.count)
  const end = offset + matches.length
  const isMore = end < found.length && asked.count > 0
  return searchset({
    base,
    total: found.length,
    matches,
    outcome: informationOf(asked),
    self: selfOf(base, 'Questionnaire', asked),
    next: isMore ? nextOf(base, 'Questionnaire', asked, String(end)) : undefined,
  })
}
