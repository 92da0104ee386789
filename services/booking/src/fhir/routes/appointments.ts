import { type Caller, CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { Appointment, FhirResource } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { decodeCursor, encodeCursor } from '../../api/cursor.ts'
import { BookingErrors } from '../../errors.ts'
import { appointmentsFor } from '../appointment-search.ts'
import { asTold } from '../audit/entry.ts'
import { appointmentOf, groupOf, proposedOf } from '../map/appointment.ts'
import { searchset } from '../map/bundle.ts'
import { isUuid, type Offer, offerOf } from '../map/ids.ts'
import { readSearch } from '../map/search.ts'
import { slotOf } from '../map/slot.ts'
import { APPOINTMENT_SPEC } from '../map/specs.ts'
import { slotStatusOf } from '../map/statuses.ts'
import type { AppointmentView, FhirPorts } from '../ports.ts'
import type { Directory } from '../store/list-directory.ts'
import { resourcesOf } from './directory.ts'
import { audit } from './audit.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, nextOf, selfOf } from './paging.ts'
import { patientOf } from './patient.ts'
import { slotAt } from './slots.ts'

/** `GET /fhir/R4/Appointment/{id}` (also of one that `$find` proposed) and ITI-118, by GET and by POST. */
export function appointmentRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'appointment:read' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/Appointment/:id', options, async (request, reply) => {
    const { id } = request.params
    const offer = offerOf(id)
    if (offer !== undefined) return sendRecord(request, reply, await proposedAt(ports, offer))
    if (!isUuid(id)) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, await storedAt(ports, id, request.caller))
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) =>
    sendResource(request, reply, await searchAppointments(ports, request))
  app.get('/Appointment', options, search)
  app.post('/Appointment/_search', options, search)
}

/** An appointment, or a group as far as the caller may see it. Throws BOOKING_NOT_FOUND. */
async function storedAt(ports: FhirPorts, id: string, caller: Caller): Promise<Appointment> {
  const directory = await ports.directory()
  try {
    return appointmentOf(await ports.get(id, caller), directory)
  } catch (error) {
    if (!isNotFound(error)) throw error
    const members = await Promise.allSettled(
      ((await ports.group(id)) ?? []).map(async (member) => ports.get(member, caller)),
    )
    const broken = members.find((each) => each.status === 'rejected' && !isNotFound(each.reason))
    if (broken?.status === 'rejected') throw broken.reason
    const [first, ...others] = members.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    if (first === undefined) throw error
    return groupOf(id, [first, ...others], directory)
  }
}

const isNotFound = (error: unknown) =>
  error instanceof ProblemError && error.code === BookingErrors.BOOKING_NOT_FOUND.code

/** What could be booked, if it is still free. Throws NOT_FOUND. */
async function proposedAt(ports: FhirPorts, offer: Offer): Promise<Appointment> {
  const { doctorId, serviceId, start } = offer
  const clinicId = await ports.clinicAt(offer)
  const wish = { serviceId, doctorIds: [doctorId], clinicIds: new Set([clinicId ?? '']), limit: 1 }
  const [slot] = await ports.freeSlots({ ...wish, range: { start, end: start + 1 } })
  if (slot === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
  return proposedOf(slot, serviceId, { directory: await ports.directory() })
}

async function searchAppointments(ports: FhirPorts, request: FastifyRequest) {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), APPOINTMENT_SPEC, isStrict(request))
  const directory = await ports.directory()
  const { proxied: proxiedOf } = ports
  const filter = await appointmentsFor(request.caller, asked, { directory, base, proxiedOf })
  const { appointments, total } = await ports.appointments(filter, {
    after: asked.page === undefined ? undefined : decodeCursor(asked.page),
    limit: asked.count + 1,
  })
  const page = appointments.slice(0, asked.count)
  // Each patient somebody asked after, and each somebody was told of.
  await audit(ports, request, {
    transaction: 'ITI-118',
    patientIds: [...(filter.patientIds ?? []), ...page.map(({ patientId }) => patientId)],
    query: asTold('Appointment', asked.used),
  })
  const last = page.at(-1)
  const more = appointments.length > asked.count && last !== undefined
  return searchset({
    base,
    total,
    matches: page.map((view) => appointmentOf(view, directory)),
    included: await includedWith(ports, page, { includes: asked.includes, directory }),
    outcome: informationOf(asked),
    self: selfOf(base, 'Appointment', asked),
    next: more
      ? nextOf(base, 'Appointment', asked, encodeCursor(Date.parse(last.start) / 1000, last.id))
      : undefined,
  })
}

/** Who and what the appointments of a page refer to, once each. */
async function includedWith(
  ports: FhirPorts,
  page: readonly AppointmentView[],
  { includes, directory }: { includes: ReadonlySet<string>; directory: Directory },
): Promise<FhirResource[]> {
  const wants = (name: string) =>
    includes.has(`Appointment:${name}`) || (name !== 'slot' && includes.has('Appointment:actor'))
  const unique = (ids: string[]) => [...new Set(ids)]
  const known = (type: 'Practitioner' | 'Location', ids: string[]) => {
    const resources = resourcesOf(type, directory, ports.now())
    return unique(ids).flatMap((id) => resources.get(id) ?? [])
  }
  const patients = wants('patient') ? unique(page.map(({ patientId }) => patientId)) : []
  const rows = await Promise.all(patients.map((id) => ports.patient(id)))
  return [
    ...rows.flatMap((row) => (row === undefined ? [] : [patientOf(row)])),
    ...(wants('practitioner')
      ? known(
          'Practitioner',
          page.map(({ doctorId }) => doctorId),
        )
      : []),
    ...(wants('location')
      ? known(
          'Location',
          page.map(({ clinicId }) => clinicId),
        )
      : []),
    ...(wants('slot') ? await slotsOf(ports, page, directory) : []),
  ]
}

/** The slots of the appointments: those they take, and as they are now those they have given up. */
async function slotsOf(
  ports: FhirPorts,
  page: readonly AppointmentView[],
  directory: Directory,
): Promise<FhirResource[]> {
  const slots = await Promise.all(
    page.map(async (view) => {
      const [start, end] = [Date.parse(view.start) / 1000, Date.parse(view.end) / 1000]
      const status = slotStatusOf(view.status)
      if (status === undefined) return slotAt(ports, { ...view, start })
      return slotOf({ ...view, start, end }, view.serviceId, { directory, status })
    }),
  )
  const found = slots.filter((slot) => slot !== undefined)
  return [...new Map(found.map((slot) => [slot.id, slot])).values()]
}
