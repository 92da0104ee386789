import { startOutboxRelay } from '@medqueue/messaging'
import { createLogger } from '@medqueue/service-kit'
import type { Scope } from '@medqueue/testing'

import { call } from '../../../booking/test/helpers/call.ts'
import {
  createWorld as createBooking,
  type World as BookingWorld,
  type WorldOptions,
} from '../../../booking/test/helpers/world.ts'
import { createWorld, type Person, type Replica } from './world.ts'

/** Booking, with a worker and a relay, and a hub that hears of it. */
export interface WholeWay {
  booking: BookingWorld
  hub: Replica
  doctor: Person
  /** The n-th patient. */
  patient: (n: number) => Person
  /** Asks booking as a person; throws what is not answered 2xx. */
  ask: <T>(person: Person, method: 'GET' | 'POST', url: string, body?: object) => Promise<T>
}

export async function wholeWay(scope: Scope, options: WorldOptions = {}): Promise<WholeWay> {
  const booking = await createBooking(scope, options)
  const { pool, broker, prefix, people } = booking
  booking.work()
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const relay = startOutboxRelay({ pool, broker, logger, prefix })
  scope.teardown(() => relay.stop())
  const hub = await (await createWorld(scope, prefix)).start()
  return {
    booking,
    hub,
    doctor: { id: people.doctors[0] ?? '', roles: ['doctor'] },
    patient: (n) => ({ id: people.patients[n] ?? '' }),
    ask: async <T>(
      { id, roles = ['patient'] }: Person,
      method: 'GET' | 'POST',
      url: string,
      body?: object,
    ) => {
      const as = { as: id, role: roles[0] ?? 'patient', ...(body === undefined ? {} : { body }) }
      const answer = await call(booking, method, url, as)
      if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`)
      return answer.json<T>()
    },
  }
}
