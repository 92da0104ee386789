import {
  type Caller,
  CommonErrors,
  formatTraceparent,
  ProblemError,
  type Service,
} from '@medqueue/service-kit'
import type { AppointmentResponse } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import type { Action } from '../../domain/life-cycle.ts'
import { BookingErrors } from '../../errors.ts'
import { FhirErrors } from '../errors.ts'
import { searchset } from '../map/bundle.ts'
import { isUuid } from '../map/ids.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { appointmentResponseOf, type Respondent, RESPONDENTS, respondentOf } from '../map/responses.ts'
import { readSearch } from '../map/search.ts'
import { referencedId } from '../map/search-values.ts'
import { RESPONSE_SPEC } from '../map/specs.ts'
import type { AppointmentView, FhirPorts } from '../ports.ts'
import { expectedIn } from './book.ts'
import { baseOf, etagOf, isStrict, resourceOf, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, selfOf } from './paging.ts'

const LONGEST_REASON = 200

/**
 * `POST /fhir/R4/AppointmentResponse` answers an appointment: a doctor accepts or declines, a patient declines. `GET`
 * tells what each of the two has said.
 */
export function responseRoutes(app: Service, ports: FhirPorts): void {
  const reading = { config: { permission: 'appointment:read' }, schema: { hide: true } } as const
  const writing = { config: { permission: 'appointment:cancel' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/AppointmentResponse/:id', reading, async (request, reply) => {
    const named = respondentOf(request.params.id)
    if (named === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    const view = await ports.get(named.appointmentId, request.caller)
    return sendRecord(request, reply, appointmentResponseOf(view, named.by, await ports.directory()))
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) =>
    sendResource(request, reply, await searchResponses(ports, request))
  app.get('/AppointmentResponse', reading, search)
  app.post('/AppointmentResponse/_search', reading, search)

  app.post('/AppointmentResponse', writing, async (request, reply) => {
    const base = baseOf(request)
    const resource = resourceOf(request)
    if (resource.resourceType !== 'AppointmentResponse') {
      throw new InvalidInput('structure', 'This is an AppointmentResponse', 'resourceType')
    }
    const id = referencedId(resource.appointment.reference ?? '', 'Appointment', base)
    if (id === undefined || !isUuid(id)) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
    const { caller } = request
    const view = await ports.get(id, caller)
    const by = respondentIn(resource, view, { caller, base })
    const action = actionOf(resource.participantStatus, by, view)
    if (by === 'practitioner' && !caller.can('appointment:decide'))
      throw new ProblemError(CommonErrors.FORBIDDEN)
    const changed = await ports.change({
      id,
      action,
      caller,
      reason: reasonOf(resource),
      expected: expectedIn(request),
      traceparent: formatTraceparent(request.trace),
    })
    const answer = appointmentResponseOf(changed, by, await ports.directory())
    reply.code(201).header('location', `${base}/AppointmentResponse/${answer.id ?? ''}`)
    return sendResource(request, reply.header('etag', etagOf(answer)), answer)
  })
}

/** Who answers: the actor that is named, or whichever of the two the caller is. Throws InvalidInput for anybody else. */
function respondentIn(
  { actor }: AppointmentResponse,
  { patientId, doctorId }: AppointmentView,
  { caller, base }: { caller: Caller; base: string },
): Respondent {
  if (actor?.reference === undefined) return isCare(caller, patientId) ? 'practitioner' : 'patient'
  if (referencedId(actor.reference, 'Practitioner', base) === doctorId) return 'practitioner'
  if (referencedId(actor.reference, 'Patient', base) === patientId) return 'patient'
  throw new InvalidInput(
    'value',
    'This is nobody who takes part in the appointment',
    'AppointmentResponse.actor',
  )
}

/** Who may decide is of the care side, unless it is their own visit; all others are the patient or act for them. */
const isCare = (caller: Caller, patientId: string) =>
  caller.id !== patientId && caller.can('appointment:decide')

/** What an answer does. Throws BOOKING_FHIR_NOT_SUPPORTED for one that would change nothing. */
function actionOf(answer: string, by: Respondent, { status }: AppointmentView): Action {
  if (by === 'practitioner' && answer === 'accepted') return 'approve'
  if (answer === 'declined') {
    if (status === 'held') return 'release'
    return by === 'practitioner' && status === 'pending' ? 'decline' : 'cancel'
  }
  throw new ProblemError(FhirErrors.BOOKING_FHIR_NOT_SUPPORTED, {
    field: 'AppointmentResponse.participantStatus',
    detail: 'A practitioner accepts or declines; a patient, who has asked for it, declines.',
  })
}

function reasonOf({ comment }: AppointmentResponse): string | undefined {
  if (comment !== undefined && comment.length > LONGEST_REASON) {
    throw new InvalidInput('value', 'It is longer than 200 characters', 'AppointmentResponse.comment')
  }
  return comment
}

/** Both answers to the appointments that are named; somebody else's appointment has none. */
async function searchResponses(ports: FhirPorts, request: FastifyRequest) {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), RESPONSE_SPEC, isStrict(request))
  if (asked.filters.length === 0) throw new InvalidInput('required', 'Name an appointment', 'appointment')
  const directory = await ports.directory()
  const sets = asked.filters.map(({ name, values }) => values.flatMap((value) => idsIn(name, value, base)))
  const ids = (sets[0] ?? []).filter((id) => sets.every((set) => set.includes(id)))
  const named = [...new Set(ids.map((id) => id.slice(0, 36)))].filter(isUuid)
  const personId = request.caller.can('appointment:read-any') ? undefined : request.caller.id
  const { appointments } = await ports.appointments({ ids: named, personId }, { limit: named.length + 1 })
  const all = appointments.flatMap((view) =>
    RESPONDENTS.map((by) => appointmentResponseOf(view, by, directory)),
  )
  const matching = all.filter(({ id = '' }) => ids.includes(id))
  return searchset({
    base,
    total: matching.length,
    matches: matching.slice(0, asked.count),
    outcome: informationOf(asked),
    self: selfOf(base, 'AppointmentResponse', asked),
  })
}

/** The ids of responses that a value means. */
function idsIn(name: string, value: string, base: string): string[] {
  if (name === '_id') return [value]
  const id = referencedId(value, 'Appointment', base)
  return id === undefined ? [] : RESPONDENTS.map((by) => `${id}-${by}`)
}
