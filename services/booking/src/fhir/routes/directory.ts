import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import { searchset } from '../map/bundle.ts'
import {
  healthcareServiceOf,
  locationOf,
  placesIn,
  practitionerOf,
  roleOf,
  scheduleOf,
} from '../map/directory.ts'
import { type DirectoryResource, has } from '../map/match.ts'
import { readSearch, type Search } from '../map/search.ts'
import { DIRECTORY_SPECS, DIRECTORY_TYPES, type DirectoryType } from '../map/specs.ts'
import { informationOf, nextOf, offsetOf, selfOf } from './paging.ts'
import type { FhirPorts } from '../ports.ts'
import type { Directory } from '../store/list-directory.ts'
import { baseOf, isStrict, searchParamsOf, sendRecord, sendResource } from './http.ts'

type Build = (directory: Directory, now: number) => DirectoryResource[]

/** Every resource of a type; those of one directory are made once. */
const BUILD: Readonly<Record<DirectoryType, Build>> = {
  Practitioner: ({ doctors }) => [...doctors.values()].map(practitionerOf),
  Location: ({ clinics }) => [...clinics.values()].map(locationOf),
  HealthcareService: (directory) =>
    [...directory.services.values()].map((service) => healthcareServiceOf(service, directory)),
  PractitionerRole: (directory) => placesIn(directory).flatMap((place) => roleOf(place, directory) ?? []),
  Schedule: (directory, now) =>
    placesIn(directory).flatMap((place) => scheduleOf(place, directory, now) ?? []),
}

const made = new WeakMap<Directory, Map<DirectoryType, ReadonlyMap<string, DirectoryResource>>>()

/** The resources of a type by id. */
export function resourcesOf(
  type: DirectoryType,
  directory: Directory,
  now: number,
): ReadonlyMap<string, DirectoryResource> {
  const types = made.get(directory) ?? new Map<DirectoryType, ReadonlyMap<string, DirectoryResource>>()
  made.set(directory, types)
  const known = types.get(type)
  if (known !== undefined) return known
  const resources = new Map(BUILD[type](directory, now).map((resource) => [resource.id ?? '', resource]))
  types.set(type, resources)
  return resources
}

/** `GET` of one and of many Practitioners, PractitionerRoles, HealthcareServices, Locations and Schedules; open to all. */
export function directoryRoutes(app: Service, ports: FhirPorts): void {
  for (const type of DIRECTORY_TYPES) {
    const options = { config: { permission: 'public' }, schema: { hide: true } } as const
    app.get<{ Params: { id: string } }>(`/${type}/:id`, options, async (request, reply) => {
      const found = resourcesOf(type, await ports.directory(), ports.now()).get(request.params.id)
      if (found === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
      return sendRecord(request, reply, found)
    })
    const search = async (request: FastifyRequest) => searchDirectory(ports, type, request)
    app.get(`/${type}`, options, async (request, reply) =>
      sendResource(request, reply, await search(request)),
    )
    app.post(`/${type}/_search`, options, async (request, reply) =>
      sendResource(request, reply, await search(request)),
    )
  }
}

async function searchDirectory(ports: FhirPorts, type: DirectoryType, request: FastifyRequest) {
  const base = baseOf(request)
  const asked = readSearch(searchParamsOf(request), DIRECTORY_SPECS[type], isStrict(request))
  const directory = await ports.directory()
  const all = resourcesOf(type, directory, ports.now())
  const matching = [...all.values()].filter((resource) => isMeant(resource, asked, base))
  const offset = offsetOf(asked)
  const matches = matching.slice(offset, offset + asked.count)
  const end = offset + matches.length
  return searchset({
    base,
    total: matching.length,
    matches,
    included: includedWith(matches, asked, (kind) => resourcesOf(kind, directory, ports.now())),
    outcome: informationOf(asked),
    self: selfOf(base, type, asked),
    next: end < matching.length && asked.count > 0 ? nextOf(base, type, asked, String(end)) : undefined,
  })
}

function isMeant(resource: DirectoryResource, { filters }: Search, base: string): boolean {
  const isAsked = filters.every(({ name, values }) =>
    values.some((value) => has(resource, name, value, base)),
  )
  if (!isAsked) return false
  // Who is not active any more is found by those who ask for it.
  const says = filters.some(({ name }) => ['active', 'status', '_id', 'identifier'].includes(name))
  return says || !isInactive(resource)
}

function isInactive(resource: DirectoryResource): boolean {
  return 'active' in resource
    ? resource.active === false
    : 'status' in resource && resource.status === 'inactive'
}

/** What the matches refer to by the elements that are to be included, once each. */
function includedWith(
  matches: readonly DirectoryResource[],
  { includes }: Search,
  of: (type: DirectoryType) => ReadonlyMap<string, DirectoryResource>,
): DirectoryResource[] {
  const elements = [...includes].map((include) => ELEMENTS[include.split(':')[1] ?? ''] ?? '')
  const references = matches.flatMap((resource) =>
    elements.flatMap((element) => [(resource as unknown as Record<string, unknown>)[element] ?? []].flat()),
  ) as { reference?: string }[]
  const found = [...new Set(references.map(({ reference = '' }) => reference))].map((reference) => {
    const [type = '', id = ''] = reference.split('/')
    return DIRECTORY_TYPES.includes(type as DirectoryType) ? of(type as DirectoryType).get(id) : undefined
  })
  return found.filter((resource) => resource !== undefined)
}

const ELEMENTS: Readonly<Record<string, string>> = {
  practitioner: 'practitioner',
  location: 'location',
  service: 'healthcareService',
  actor: 'actor',
}
