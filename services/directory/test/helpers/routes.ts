/** Every route of the directory with a request that is right in all but what a test spoils. */
export interface RouteCase {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** With the id of a record that exists. */
  url: string
  /** Roles that pass the guard; empty when everybody does. */
  roles: readonly string[]
  /** A body that would be accepted; undefined when the route takes none. */
  body?: Record<string, unknown>
  /** A field of the body and a value of a wrong type for it. */
  wrong?: [field: string, value: unknown]
  /** What comes past the guard with a stale version, when it is not what comes of others of the method. */
  passes?: readonly number[]
}

export interface KnownIds {
  doctor: string
  patient: string
  clinic: string
  specialty: string
  service: string
  /** What the known doctor was granted by the known patient. */
  grant: string
}

/** One case for each route; the test that uses it checks that none is missing. */
export function routeCases(ids: KnownIds): RouteCase[] {
  return [
    ...catalogueCases('/v1/clinics', ids.clinic, {
      body: {
        name: 'Case Clinic',
        city: 'Vitória',
        state: 'ES',
        zone: 'America/Sao_Paulo',
        neighbourhood: null,
      },
      wrong: ['zone', 7],
    }),
    ...catalogueCases('/v1/specialties', ids.specialty, {
      body: { name: 'Case Specialty' },
      wrong: ['name', null],
    }),
    ...catalogueCases('/v1/service-types', ids.service, {
      body: {
        name: 'Case Service',
        durationMinutes: 20,
        bufferAfterMinutes: 0,
        alignmentMinutes: 20,
        minimumNoticeMinutes: 0,
        horizonDays: 90,
        approval: 'manual',
      },
      wrong: ['durationMinutes', '20'],
    }),
    ...catalogueCases('/v1/doctors', ids.doctor, {
      body: {
        name: 'Dr. Case 1',
        specialtyId: ids.specialty,
        clinicIds: [ids.clinic],
        serviceIds: [ids.service],
        phone: null,
        phonePublic: false,
      },
      wrong: ['clinicIds', ids.clinic],
    }),
    ...patientCases(ids.patient),
    ...proxyCases(ids),
  ]
}

function catalogueCases(
  path: string,
  id: string,
  write: { body: Record<string, unknown>; wrong: [string, unknown] },
): RouteCase[] {
  const admins = { roles: ['admin'] }
  return [
    { method: 'GET', url: path, roles: [] },
    { method: 'GET', url: `${path}/${id}`, roles: [] },
    { method: 'POST', url: path, ...admins, ...write },
    { method: 'PUT', url: `${path}/${id}`, ...admins, ...write },
    { method: 'POST', url: `${path}/${id}/activate`, ...admins },
    { method: 'POST', url: `${path}/${id}/deactivate`, ...admins },
  ]
}

function patientCases(id: string): RouteCase[] {
  const url = `/v1/patients/${id}`
  const body = { name: 'Patient Case', birthYear: 1990, email: null, phone: null }
  return [
    { method: 'POST', url: '/v1/patients', roles: ['admin'], body, wrong: ['birthYear', '1990'] },
    { method: 'GET', url, roles: ['patient', 'doctor', 'admin'] },
    { method: 'PATCH', url, roles: ['patient', 'admin'], body: { phone: null }, wrong: ['phone', 5] },
    { method: 'POST', url: `${url}/activate`, roles: ['admin'] },
    { method: 'POST', url: `${url}/deactivate`, roles: ['admin'] },
  ]
}

function proxyCases({ patient, doctor, grant }: KnownIds): RouteCase[] {
  const roles = ['patient', 'doctor', 'admin']
  const all = `/v1/patients/${patient}/proxies`
  const one = `${all}/${grant}`
  const terms = { relationship: 'parent', notes: false, expiresAt: inDays(30), reason: 'Passport seen' }
  const wrong: [string, unknown] = ['notes', 'yes']
  return [
    { method: 'GET', url: all, roles },
    { method: 'POST', url: all, roles, body: { proxyId: doctor, ...terms }, wrong, passes: [409] },
    { method: 'GET', url: one, roles },
    { method: 'GET', url: `${one}/history`, roles },
    { method: 'PUT', url: one, roles, body: terms, wrong },
    { method: 'POST', url: `${one}/revoke`, roles },
    { method: 'GET', url: `/v1/patients/${patient}/acts-for`, roles },
  ]
}

export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

/** The route's pattern, such as `GET /v1/doctors/:id`. */
export function patternOf({ method, url }: RouteCase): string {
  const id = /[0-9a-f]{8}-[0-9a-f-]{27}/
  return `${method} ${url.replace(id, ':id').replace(id, ':grantId')}`
}
