import { ProblemError } from '@medqueue/service-kit'

import { dateOf, formatMinutes, MINUTES_A_DAY } from '../domain/calendar.ts'
import { skippedBy } from '../domain/skipped.ts'
import { SchedulingErrors } from '../errors.ts'

/**
 * Refuses a time that somebody has typed for one date and that the clocks skip on it: it cannot be what was meant. Of
 * a span of dates nothing is refused: on the date of the change what is skipped is just not offered. Whole days have
 * no times typed. Throws SCHEDULING_TIME_SKIPPED naming the field.
 */
export function mustBeShown(
  { date, lastDate, start, end }: { date: string; lastDate: string; start: number; end: number },
  zones: readonly string[],
): void {
  if (date !== lastDate || (start === 0 && end === MINUTES_A_DAY)) return
  for (const zone of zones) {
    const skipped = skippedBy(zone, dateOf(date), { start, end })
    if (skipped === undefined) continue
    const { field, gap } = skipped
    const typed = formatMinutes(field === 'start' ? start : end)
    const [from, to] = [Math.max(gap.from, 0), Math.min(gap.to, MINUTES_A_DAY)].map(formatMinutes)
    throw new ProblemError(SchedulingErrors.SCHEDULING_TIME_SKIPPED, {
      field,
      detail: `On ${date} the clocks in ${zone} go from ${from ?? ''} to ${to ?? ''}: ${typed} does not come.`,
    })
  }
}
