import { plainRefusal } from '../api/refusal.ts'
import { slotView } from '../api/views.ts'
import type { HoldDeps } from '../api/hold.ts'
import { formatInstant } from '../domain/instants.ts'
import type { Slot } from '../domain/slots.ts'
import { soughtBy } from '../domain/sought.ts'
import { refusalError } from '../api/refusal-errors.ts'
import { searchSlots } from '../slots/search.ts'
import { checkVisits } from '../store/check-visits.ts'
import type { AskedSeries } from './asked.ts'
import type { Occurrence } from './schemas.ts'

const NEAR = 7 * 86_400
const TOLD = 3
/** Slots that are looked at for each clash: some are not free for this patient. */
const LOOKED_AT = 8

/** Refusals that another time would meet, too. */
const NO_USE: ReadonlySet<string> = new Set([
  'doctor_unknown',
  'doctor_inactive',
  'service_unknown',
  'service_not_offered',
  'patient_unknown',
  'too_many_open',
])

/** Every visit of a series: free, or why not, with the nearest free slots. Nothing is written or promised. */
export async function previewSeries(deps: HoldDeps, series: AskedSeries): Promise<Occurrence[]> {
  const visits = series.starts.map((startSeconds) => visitAt(deps, series, startSeconds))
  const found = await checkVisits(deps.pool, visits)
  let left = found[0]?.left ?? Infinity
  const judged = series.starts.map((start, index) => {
    const { refusal = 'service_unknown', ends = null } = found[index] ?? {}
    // The visits before it count, too, though they are not booked yet.
    const reason = refusal ?? (left > 0 ? null : 'too_many_open')
    if (reason === null) left--
    return { start, ends, reason }
  })
  const nearest = await nearestTo(deps, series, judged)
  return judged.map(({ start, ends, reason }, index) => ({
    start: formatInstant(start),
    ...(ends === null ? {} : { end: formatInstant(Number(ends)) }),
    free: reason === null,
    ...(reason === null ? {} : refusalView(reason)),
    nearest: (nearest[index] ?? []).map((slot) => slotView(slot, series.serviceId)),
  }))
}

const visitAt = ({ newId }: HoldDeps, series: AskedSeries, startSeconds: number) => ({
  ...series,
  // Whoever acts for the patient is judged as the patient is.
  principalId: series.byProxy === true ? series.patientId : series.principalId,
  id: newId(),
  seriesId: newId(),
  startSeconds,
})

function refusalView(reason: string): Pick<Occurrence, 'code' | 'title'> {
  const { code, title } = refusalError(reason)
  return { code, title }
}

type Judged = { start: number; reason: string | null }

/** For each visit that clashes: slots of the same doctor that are free and meet no other visit of the series. */
async function nearestTo(deps: HoldDeps, series: AskedSeries, judged: readonly Judged[]): Promise<Slot[][]> {
  const wanted = await Promise.all(
    judged.map(async ({ start, reason }) =>
      reason === null || NO_USE.has(reason) ? [] : candidates(deps, series, start),
    ),
  )
  const all = wanted.flat()
  const found = await checkVisits(
    deps.pool,
    all.map((slot) => visitAt(deps, series, slot.start)),
  )
  const free = new Set(all.filter((_, index) => found[index]?.refusal === null))
  return wanted.map((slots) => slots.filter((slot) => free.has(slot)).slice(0, TOLD))
}

async function candidates(deps: HoldDeps, series: AskedSeries, start: number): Promise<Slot[]> {
  const { doctorId, serviceId, starts } = series
  const shape = deps.catalogue().services.get(serviceId)
  if (shape === undefined) throw plainRefusal('service_unknown')
  const now = deps.now().getTime() / 1_000
  const range = {
    start: Math.ceil(Math.max(start - NEAR, now + Math.max(60, shape.minimumNotice))),
    end: Math.floor(Math.min(start + NEAR, now + shape.horizon)),
  }
  const sought = soughtBy({ doctorId, serviceId }, deps.catalogue())
  const slots = await searchSlots(deps.availability, { sought, shape, range, limit: 2_000 })
  const meets = (slot: Slot) =>
    starts.some((other) => other !== start && slot.start < other + shape.duration && other < slot.end)
  return slots
    .filter((slot) => !meets(slot))
    .sort((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start))
    .slice(0, LOOKED_AT)
}
