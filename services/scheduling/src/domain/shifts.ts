import { type EpochDay, MINUTES_A_DAY } from './calendar.ts'
import type { RotaException } from './schedule.ts'

/** Furthest that one change moves shifts, in minutes of wall time. */
export const FURTHEST_SHIFT = 720
/** Furthest that all of them move one shift: so what is offered depends on near dates only. */
export const FURTHEST_TOGETHER = MINUTES_A_DAY

/** An exception that moves shifts: by how many minutes of wall time, and its place among all exceptions. */
export type ShiftChange = RotaException & { by: number; place: number }

/** Those exceptions that move shifts, in their order. */
export function shiftsOf(exceptions: readonly RotaException[]): ShiftChange[] {
  return exceptions.flatMap((exception, place) => {
    const { kind, by = null } = exception
    return kind === 'shifted' && by !== null ? [{ ...exception, by, place }] : []
  })
}

/**
 * By how many minutes of wall time a shift is moved that begins at a clinic on a date, minutes after midnight. Each
 * change looks at where those before it have put the beginning; one that would take it too far does nothing.
 */
export function movedBy(
  changes: readonly ShiftChange[],
  clinicId: string,
  { day, minute }: { day: EpochDay; minute: number },
): number {
  let moved = 0
  for (const change of changes) {
    if (change.clinicId !== null && change.clinicId !== clinicId) continue
    const begin = day * MINUTES_A_DAY + minute + moved
    const today = Math.floor(begin / MINUTES_A_DAY)
    const time = begin - today * MINUTES_A_DAY
    const meant = today >= change.from && today <= change.to && time >= change.start && time < change.end
    if (meant && Math.abs(moved + change.by) <= FURTHEST_TOGETHER) moved += change.by
  }
  return moved
}

/** Minutes by which an exception and those already said move the shifts of its dates and of the days next to them. */
export function together(exceptions: readonly RotaException[], exception: RotaException): number {
  const [change] = shiftsOf([exception])
  if (change === undefined) return 0
  const near = shiftsOf(exceptions).filter(({ clinicId, from, to }) => {
    const here = clinicId === null || change.clinicId === null || clinicId === change.clinicId
    return here && from <= change.to + 1 && to >= change.from - 1
  })
  return near.reduce((sum, { by }) => sum + Math.abs(by), Math.abs(change.by))
}
