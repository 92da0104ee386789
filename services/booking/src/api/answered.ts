import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { answersTo } from '../domain/answers.ts'
import { BookingErrors } from '../errors.ts'
import type { BookingOrder } from '../intake/order.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { refuseUnlessDecided } from './refusal.ts'

/** True when the service asks something, or somebody answers without being asked. */
export const hasAnswers = ({ serviceId, answers }: Omit<BookingOrder, 'doctorId'>, { services }: Catalogue) =>
  answers !== undefined || services.get(serviceId)?.fields !== undefined

/**
 * The answers of an order as the queue carries them, or undefined when there are none. Throws BOOKING_ANSWER_INVALID
 * before anything is written; a replay of what was decided goes on, to its stored answer.
 */
export async function answered(
  { pool, catalogue }: { pool: pg.Pool; catalogue: () => Catalogue },
  order: Omit<BookingOrder, 'doctorId'>,
  requestId: string,
): Promise<string | undefined> {
  const { fields = [] } = catalogue().services.get(order.serviceId) ?? {}
  const read = answersTo(fields, order.answers)
  if ('fault' in read) {
    const { key, detail } = read.fault
    const field = `answers.${key}`
    const problem = new ProblemError(BookingErrors.BOOKING_ANSWER_INVALID, {
      field,
      detail: `${key} ${detail}.`,
    })
    await refuseUnlessDecided(pool, requestId, problem)
    return undefined
  }
  return read.answers.length === 0 ? undefined : JSON.stringify(read.answers)
}
