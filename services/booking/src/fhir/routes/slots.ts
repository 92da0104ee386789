import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FhirResource, Slot } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import type { Interval } from '../../domain/slots.ts'
import { searchset } from '../map/bundle.ts'
import { SYSTEMS } from '../map/codes.ts'
import { placesIn } from '../map/directory.ts'
import { type Offer, offerOf, type Place, placeId, placeOf } from '../map/ids.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { readSearch, type Search, valuesOf } from '../map/search.ts'
import { boundsOf, referencedId, tokenMeans, tokenOf } from '../map/search-values.ts'
import { slotOf } from '../map/slot.ts'
import { SLOT_SPEC } from '../map/specs.ts'
import { slotStatusOf } from '../map/statuses.ts'
import type { FhirPorts } from '../ports.ts'
import { decodePlace, encodePlace, slotsSought } from '../slot-search.ts'
import type { Directory } from '../store/list-directory.ts'
import { resourcesOf } from './directory.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'
import { informationOf, nextOf, selfOf } from './paging.ts'

const DAY = 86_400
const USUAL_RANGE = 31 * DAY
const LONGEST_RANGE = 180 * DAY

/** `GET /fhir/R4/Slot` and `/Slot/{id}`: free starts, and those somebody has, without whom; open to everybody. */
export function slotRoutes(app: Service, ports: FhirPorts): void {
  const options = { config: { permission: 'public', waitingRoom: 'turn' }, schema: { hide: true } } as const

  app.get<{ Params: { id: string } }>('/Slot/:id', options, async (request, reply) => {
    const offer = offerOf(request.params.id)
    const slot = offer === undefined ? undefined : await slotAt(ports, offer)
    if (slot === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    return sendRecord(request, reply, slot)
  })

  const search = async (request: FastifyRequest, reply: FastifyReply) =>
    sendResource(request, reply, await searchSlots(ports, request))
  app.get('/Slot', options, search)
  app.post('/Slot/_search', options, search)
}

/** The slot of an offer as it is now, or undefined when there is no such start. */
export async function slotAt(ports: FhirPorts, offer: Offer): Promise<Slot | undefined> {
  const directory = await ports.directory()
  const service = directory.services.get(offer.serviceId)
  const clinicId = await ports.clinicAt(offer)
  const offers = directory.doctors.get(offer.doctorId)?.service_ids.includes(offer.serviceId)
  if (service === undefined || clinicId === undefined || offers !== true) return undefined
  const slot = { doctorId: offer.doctorId, clinicId, start: offer.start, end: offer.start + service.duration }
  const status = await statusOf(ports, offer, clinicId)
  return slotOf(slot, offer.serviceId, { directory, status, bookingLink: ports.bookingLink })
}

async function statusOf(ports: FhirPorts, offer: Offer, clinicId: string): Promise<Slot['status']> {
  const { doctorId, serviceId, start } = offer
  const range = { start, end: start + 1 }
  const wish = { serviceId, doctorIds: [doctorId], clinicIds: new Set([clinicId]), range, limit: 1 }
  if ((await ports.freeSlots(wish)).length > 0) return 'free'
  const taken = await ports.takenSlots({ doctorIds: [doctorId], from: start, to: start + 1, limit: 10 })
  const mine = taken.find((slot) => slot.serviceId === serviceId)
  // Not this one, but something else is in the way: another visit, its buffer, or the notice the service needs.
  return (mine === undefined ? undefined : slotStatusOf(mine.status)) ?? 'busy-unavailable'
}

async function searchSlots(ports: FhirPorts, request: FastifyRequest): Promise<FhirResource> {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), SLOT_SPEC, isStrict(request))
  const directory = await ports.directory()
  const ids = valuesOf(asked, '_id')
  if (ids !== undefined) return slotsById(ports, asked, { ids, base })
  const sought = soughtBy(asked, directory, base)
  const found = await slotsSought(
    ports,
    {
      ...sought,
      range: rangeOf(asked, ports.now()),
      after: asked.page === undefined ? undefined : decodePlace(asked.page),
      limit: asked.count + 1,
    },
    directory,
  )
  const matches = found.slice(0, asked.count)
  const last = offerOf(matches.at(-1)?.id ?? '')
  const more = found.length > asked.count && last !== undefined
  const schedules = asked.includes.has('Slot:schedule') ? scheduleIdsOf(matches) : []
  return searchset({
    base,
    matches,
    included: schedules.flatMap((id) => resourcesOf('Schedule', directory, ports.now()).get(id) ?? []),
    outcome: informationOf(asked),
    self: selfOf(base, 'Slot', asked),
    next: more ? nextOf(base, 'Slot', asked, encodePlace(last)) : undefined,
  })
}

async function slotsById(
  ports: FhirPorts,
  asked: Search,
  { ids, base }: { ids: readonly string[]; base: string },
) {
  const offers = ids.map(offerOf).filter((offer) => offer !== undefined)
  const slots = await Promise.all(offers.map((offer) => slotAt(ports, offer)))
  const matches = slots.filter((slot) => slot !== undefined).slice(0, asked.count)
  return searchset({ base, matches, outcome: informationOf(asked), self: selfOf(base, 'Slot', asked) })
}

const scheduleIdsOf = (slots: readonly Slot[]) => [
  ...new Set(slots.map(({ schedule }) => schedule.reference?.split('/')[1] ?? '')),
]

function rangeOf(asked: Search, now: number): Interval {
  const values = asked.filters.filter(({ name }) => name === 'start').flatMap((filter) => filter.values)
  const bounds = boundsOf(values, 'start')
  const start = bounds.from ?? Math.min(now, bounds.to ?? now)
  const end = bounds.to ?? start + USUAL_RANGE
  if (end - start > LONGEST_RANGE)
    throw new InvalidInput('value', 'The range is longer than 180 days', 'start')
  return { start, end }
}

const STATUSES = ['free', 'busy', 'busy-tentative']

function soughtBy(asked: Search, directory: Directory, base: string) {
  const named = ['schedule', 'schedule.actor', 'service-type', 'specialty']
  if (!asked.filters.some(({ name }) => named.includes(name))) {
    throw new InvalidInput('required', 'Name a schedule, a service type or a specialty', 'schedule')
  }
  const places = placesBy(asked, directory, base)
  const all = places ?? placesIn(directory)
  const meant = all.filter(({ doctorId }) => isSpecialist(asked, directory, doctorId))
  const offered = new Set(meant.flatMap(({ doctorId }) => directory.doctors.get(doctorId)?.service_ids ?? []))
  const types = valuesOf(asked, 'service-type')?.map(tokenOf)
  return {
    doctorIds: [...new Set(meant.map(({ doctorId }) => doctorId))],
    clinicIds: new Set(meant.map(({ clinicId }) => clinicId)),
    places: places === undefined ? undefined : meant,
    serviceIds: [...offered].filter(
      (id) => types?.some((token) => tokenMeans(token, SYSTEMS.serviceType, id)) ?? true,
    ),
    statuses: new Set(valuesOf(asked, 'status')?.map((value) => tokenOf(value).code ?? '') ?? STATUSES),
  }
}

function isSpecialist(asked: Search, { doctors }: Directory, doctorId: string): boolean {
  const tokens = valuesOf(asked, 'specialty')?.map(tokenOf)
  const specialty = doctors.get(doctorId)?.specialty_id ?? ''
  return tokens?.some((token) => tokenMeans(token, SYSTEMS.specialty, specialty)) ?? true
}

/** The pairs of doctor and clinic that schedules or their actors name, or undefined when none are named. */
function placesBy(asked: Search, directory: Directory, base: string): Place[] | undefined {
  const schedules = valuesOf(asked, 'schedule')
  const actors = valuesOf(asked, 'schedule.actor')
  if (schedules === undefined && actors === undefined) return undefined
  const places = schedules === undefined ? placesIn(directory) : placesNamed(schedules, directory, base)
  if (actors === undefined) return places
  return places.filter((place) => actors.some((actor) => isActor(place, actor, base)))
}

function placesNamed(schedules: readonly string[], { doctors }: Directory, base: string): Place[] {
  const places = schedules.map((reference) => placeOf(referencedId(reference, 'Schedule', base) ?? ''))
  return places.filter(
    (place) =>
      place !== undefined && doctors.get(place.doctorId)?.clinic_ids.includes(place.clinicId) === true,
  ) as Place[]
}

function isActor(place: Place, actor: string, base: string): boolean {
  return (
    referencedId(actor, 'Practitioner', base) === place.doctorId ||
    referencedId(actor, 'Location', base) === place.clinicId ||
    referencedId(actor, 'PractitionerRole', base) === placeId(place)
  )
}
