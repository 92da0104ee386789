import { ProblemError } from '@medqueue/service-kit'

import { chooseDoctor } from '../domain/any-doctor.ts'
import { precheck } from '../domain/precheck.ts'
import { type SlotFilter, type Sought, soughtBy } from '../domain/sought.ts'
import { BookingErrors } from '../errors.ts'
import type { BookingOrder, QueuedRequest } from '../intake/order.ts'
import { fingerprintOfWish, requestIdOf } from '../intake/request-id.ts'
import { openingsOf } from '../slots/openings.ts'
import type { BookCall, BookingDeps } from './booking.ts'
import { answered, hasAnswers } from './answered.ts'
import { plainRefusal, refusalOf, refuseUnlessDecided } from './refusal.ts'
import { type Booked, findVerdict, verdictOf } from './verdict.ts'

/** An order that leaves the doctor to us: whoever of the filter's doctors is free. */
export interface AnyDoctorWish extends Omit<BookingOrder, 'doctorId'>, Omit<SlotFilter, 'doctorId'> {}

export interface AnyDoctorCall extends Omit<BookCall, 'order'> {
  wish: AnyDoctorWish
}

export interface AnyDoctorDeps extends BookingDeps {
  /** Number in [0, 1). */
  random: () => number
  monotonicMs: () => number
}

/** More doctors than this are not tried for one call. */
const MOST_TRIES = 16

/** Refusals that say something of the doctor only: another one may do. */
const NEXT_DOCTOR: ReadonlySet<string> = new Set([
  'slot_taken',
  'room_taken',
  'device_taken',
  'session_full',
  'outside_window',
  'off_grid',
  'doctor_unknown',
  'doctor_inactive',
  'service_not_offered',
])

/**
 * Books with any doctor who is free. Each try is a request of its own in the queue of its doctor, under an id made of
 * the key and the number of the try, so that a caller who asks again with the same key gets what was decided, or a try
 * more when all was refused, and never a second appointment. Throws as `book` does, and BOOKING_NOBODY_OFFERS.
 *
 *   choose --free--> decide --lost to somebody else--> choose …
 *     |                 '--booked | pending | queued--> answer
 *     '--nobody is free--> refused
 */
export function createAnyDoctorBooking(deps: AnyDoctorDeps): (call: AnyDoctorCall) => Promise<Booked> {
  const waiting = createCounter()

  const decide = async ({ call, answers }: Search, number: number, doctorId: string, waitMs: number) => {
    const { serviceId, patientId, startSeconds, message, byProxy } = call.wish
    const order = { doctorId, serviceId, patientId, startSeconds, message, byProxy, answered: answers }
    const { principalId, traceparent } = call
    const request: QueuedRequest = { ...order, ...identityOf(call, number), principalId, traceparent }
    return waiting.during(at(doctorId, call.wish), () => verdictOf(deps, request, waitMs))
  }

  /** The verdict of one try; without `doctorId` when nobody is free. */
  const attempt = async (search: Search, number: number, waitMs: number) => {
    const { call } = search
    const choice = await choose(deps, search, (id) => waiting.of(at(id, call.wish)))
    if ('doctorId' in choice) {
      const { doctorId } = choice
      return { doctorId, verdict: await decide(search, number, doctorId, waitMs) }
    }
    // Perhaps nobody is free because this very request was decided before.
    const verdict = await findVerdict(deps.pool, identityOf(call, number))
    return { recorded: verdict !== undefined, verdict: verdict ?? refused(choice.reason) }
  }

  return async (call) => {
    const until = deps.monotonicMs() + call.waitMs
    const sought = soughtBy(call.wish, deps.catalogue())
    const answers = await refuseEarly(deps, call, sought)
    const tried = new Set<string>()
    for (let number = 1; ; number++) {
      const left = Math.max(0, until - deps.monotonicMs())
      const { doctorId, recorded, verdict } = await attempt({ call, sought, tried, answers }, number, left)
      if (verdict.status !== 'refused') return verdict
      if (doctorId !== undefined) tried.add(doctorId)
      const another = doctorId !== undefined || recorded
      if (another && NEXT_DOCTOR.has(verdict.reason) && number < MOST_TRIES) continue
      const [like = sought.doctorIds[0] ?? ''] = tried
      const order = { ...call.wish, doctorId: like }
      throw await refusalOf(deps, order, identityOf(call, number).id, verdict.reason)
    }
  }
}

/** What one call looks for, and whom it has asked. */
interface Search {
  call: AnyDoctorCall
  sought: Sought
  tried: ReadonlySet<string>
  /** To the questions of the service, as JSON. */
  answers: string | undefined
}

const refused = (reason: string) => ({ status: 'refused' as const, reason })

/** Who this try is: the first has the id of the key itself, so that a key used for something else is refused. */
function identityOf({ wish, principalId, key }: AnyDoctorCall, number: number) {
  // A key has no space in it.
  const name = number === 1 ? key : `${key} ${number}`
  return { id: requestIdOf(principalId, name), fingerprint: fingerprintOfWish(wish) }
}

const at = (doctorId: string, { startSeconds }: AnyDoctorWish) => `${doctorId}:${startSeconds}`

async function choose(
  { availability, catalogue, random }: AnyDoctorDeps,
  { call: { wish }, sought, tried }: Search,
  waiting: (doctorId: string) => number,
) {
  const { startSeconds: start, serviceId } = wish
  const shape = catalogue().services.get(serviceId)
  if (shape === undefined) return { reason: 'service_unknown' }
  const range = { start, end: start + 1 }
  const { windows, elsewhere } = await openingsOf(availability, sought, shape, range)
  const left = windows.filter(({ doctorId }) => !tried.has(doctorId))
  const choice = chooseDoctor({ windows: left, shape, start, elsewhere, waiting, random })
  // With everybody tried there are no windows left: somebody works then, and somebody else was first.
  return 'reason' in choice && tried.size > 0 ? { reason: 'slot_taken' } : choice
}

/** Refuses what cannot be had with anybody; gives the answers to the questions of the service. */
async function refuseEarly(
  deps: AnyDoctorDeps,
  call: AnyDoctorCall,
  sought: Sought,
): Promise<string | undefined> {
  const { id } = identityOf(call, 1)
  const problem = problemOf(deps, call.wish, sought)
  if (problem !== undefined) await refuseUnlessDecided(deps.pool, id, problem)
  return hasAnswers(call.wish, deps.catalogue()) ? answered(deps, call.wish, id) : undefined
}

/** What cannot be booked with any doctor, whatever the queue holds. */
function problemOf(
  { catalogue, now }: AnyDoctorDeps,
  wish: AnyDoctorWish,
  { doctorIds: [doctorId] }: Sought,
): ProblemError | undefined {
  if (catalogue().services.get(wish.serviceId)?.active !== true) return plainRefusal('service_unknown')
  if (doctorId === undefined)
    return new ProblemError(BookingErrors.BOOKING_NOBODY_OFFERS, { field: 'serviceId' })
  const reason = precheck({ ...wish, doctorId }, catalogue(), now())
  return reason === undefined ? undefined : plainRefusal(reason)
}

/** Counts what is under way, by name. */
function createCounter() {
  const counts = new Map<string, number>()
  const of = (name: string) => counts.get(name) ?? 0
  return {
    of,
    during: async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
      counts.set(name, of(name) + 1)
      try {
        return await work()
      } finally {
        if (of(name) === 1) counts.delete(name)
        else counts.set(name, of(name) - 1)
      }
    },
  }
}
