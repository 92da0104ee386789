import type { World } from './world.ts'

export const MONDAY = 1

/** Body of a rota row: Mondays 08:00–12:00 from the beginning of 2027. */
export function rotaBody(doctorId: string, clinicId: string, overrides: object = {}) {
  const shift = { weekday: MONDAY, start: '08:00', end: '12:00' }
  return { doctorId, clinicId, ...shift, effectiveFrom: '2027-01-01', ...overrides }
}

/** Body of PUT: a row stays with its doctor. */
export function rotaValues(clinicId: string, overrides: object = {}): object {
  return { ...rotaBody('', clinicId, overrides), doctorId: undefined }
}

/** A doctor at one clinic, and what an administrator can do there. */
export async function doctorAtClinic(world: World, { zone = 'America/Sao_Paulo' } = {}) {
  const clinicId = await world.addClinic({ zone })
  const doctorId = await world.addDoctor([clinicId])
  const headers = world.as('admin')
  const post = (url: string, payload: object) => {
    return world.app.inject({ method: 'POST', url, headers, payload })
  }
  return {
    clinicId,
    doctorId,
    headers,
    post,
    /** Adds a row and gives it. Throws the problem when it is refused. */
    addRota: async (overrides: object = {}): Promise<{ id: string; version: number }> => {
      const answer = await post('/v1/rotas', rotaBody(doctorId, clinicId, overrides))
      if (answer.statusCode !== 201) throw new Error(answer.body)
      return answer.json()
    },
    addException: async (body: object): Promise<{ id: string }> => {
      const answer = await post('/v1/rota-exceptions', { doctorId, ...body })
      if (answer.statusCode !== 201) throw new Error(answer.body)
      return answer.json()
    },
    /** The windows of a span of days, as `start/end`. */
    windows: async (from: string, to: string): Promise<string[]> => {
      const query = { doctorId, from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` }
      const answer = await world.app.inject({ url: '/v1/windows', query })
      const { windows } = answer.json<{ windows: { start: string; end: string }[] }>()
      return windows.map(({ start, end }) => `${start}/${end}`)
    },
  }
}
