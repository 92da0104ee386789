import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { auditsFor } from '../audit/search.ts'
import { auditEventOf } from '../map/audit-event.ts'
import { searchset } from '../map/bundle.ts'
import { isUuid } from '../map/ids.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { PAGE, readSearch } from '../map/search.ts'
import { AUDIT_SPEC } from '../map/specs.ts'
import type { FhirPorts } from '../ports.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, nextOf, selfOf } from './paging.ts'

/** `GET /fhir/R4/AuditEvent`: who has asked after oneself; with the right to it, after anybody. Nothing writes here. */
export function auditEventRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'audit:read' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/AuditEvent/:id', options, async (request, reply) => {
    const { caller, params } = request
    const ids = isUuid(params.id) ? [params.id] : []
    const patientIds = caller.can('audit:read-any') ? undefined : [caller.id]
    const [row] = await ports.auditEvents({ ids, patientIds }, { before: undefined, limit: 1 })
    if (row === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, auditEventOf(row, baseOf(request)))
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) =>
    sendResource(request, reply, await searchAudits(ports, request))
  app.get('/AuditEvent', options, search)
  app.post('/AuditEvent/_search', options, search)
}

async function searchAudits(ports: FhirPorts, request: FastifyRequest) {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), AUDIT_SPEC, isStrict(request))
  const filter = auditsFor(request.caller, asked, base)
  if (asked.page !== undefined && !isUuid(asked.page))
    throw new InvalidInput('value', 'This is not a page of ours', PAGE)
  const rows = await ports.auditEvents(filter, { before: asked.page, limit: asked.count + 1 })
  const page = rows.slice(0, asked.count)
  const last = page.at(-1)
  const more = rows.length > asked.count && last !== undefined
  return searchset({
    base,
    matches: page.map((row) => auditEventOf(row, base)),
    outcome: informationOf(asked),
    self: selfOf(base, 'AuditEvent', asked),
    next: more ? nextOf(base, 'AuditEvent', asked, last.id) : undefined,
  })
}
