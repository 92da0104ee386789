import type { Scope } from '@medqueue/testing'

import { createBusyReader } from '../../src/calendars/busy/reader.ts'
import { refreshDue } from '../../src/calendars/refresh.ts'
import { type OutsideServer, startOutside } from './outside-server.ts'
import { doctorAtClinic, MONDAY } from './rotas.ts'
import { createWorld, silent, type World } from './world.ts'

export interface View {
  id: string
  host: string
  zone: string
  lastFetchedAt: string | null
  lastError: string | null
}

/** A doctor in São Paulo who works on Mondays from 08:00 to 12:00, and a server with the doctor's other calendar. */
export async function subscriber(scope: Scope) {
  const outside: OutsideServer = await startOutside(scope)
  const world: World = await createWorld(scope, outside.world)
  const doctor = await doctorAtClinic(world)
  await doctor.addRota({ weekday: MONDAY })
  const reader = createBusyReader()
  scope.teardown(async () => reader.stop())
  const headers = world.as('doctor', doctor.doctorId)
  const url = '/v1/calendar-subscriptions'
  return {
    outside,
    world,
    doctor,
    headers,
    post: async (payload: object) => world.app.inject({ method: 'POST', url, headers, payload }),
    /** Subscribes to the server's calendar. */
    subscribe: async (): Promise<View> => {
      const answer = await world.app.inject({ method: 'POST', url, headers, payload: { url: outside.url() } })
      if (answer.statusCode !== 201) throw new Error(answer.body)
      return answer.json()
    },
    /** Looks at what is due, so many milliseconds later; gives how many that were. */
    refresh: async (laterMs = 0) => {
      world.clock.now += laterMs
      return refreshDue({ core: world.core, world: outside.world, reader, logger: silent })
    },
    list: async (): Promise<View[]> => {
      return (await world.app.inject({ url, headers })).json<{ items: View[] }>().items
    },
    remove: async (id: string, as = headers) =>
      world.app.inject({ method: 'DELETE', url: `${url}/${id}`, headers: as }),
    /** The windows of Monday, 11 January 2027: 11:00–15:00 in UTC when nothing is in the way. */
    monday: async () => doctor.windows('2027-01-11', '2027-01-12'),
  }
}
