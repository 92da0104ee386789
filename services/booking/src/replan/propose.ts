import type { HoldDeps } from '../api/hold.ts'
import type { Slot } from '../domain/slots.ts'
import { type SlotFilter, soughtBy } from '../domain/sought.ts'
import { searchSlots } from '../slots/search.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { checkVisits } from '../store/check-visits.ts'
import { bestOff, type Claim, claimOf, type Open, rankProposals } from './rank.ts'

/** A visit with where it might go. */
export interface Proposed {
  row: AppointmentRow
  proposal: { slot: Slot; claim: Claim } | undefined
}

const DAY = 86_400
/** How long before the old time, and after it, a proposal may lie. */
const EARLIER = 4 * 3_600
const LATER = 14 * DAY
/** Slots looked at for one visit. */
const LOOKED_AT = 400

/**
 * A proposal for each visit, in order: another doctor of the specialty near that time, or the same doctor on a later day.
 * No two are for one slot. Each was free for the patient when it was looked at; it is not held, since the patient still
 * has the old visit at that very time, and is looked at again when it is accepted.
 */
export async function propose(
  deps: HoldDeps,
  rows: readonly AppointmentRow[],
  claims: readonly Claim[],
): Promise<Proposed[]> {
  const taken = [...claims]
  const found = new Map<string, Proposed['proposal']>()
  const open = new Set(await Promise.all(rows.map((row) => openVisit(deps, row))))
  for (;;) {
    const best = bestOff([...open], taken)
    const slot = best?.left.shift()?.slot
    if (best === undefined || slot === undefined) break
    const [checked] = await checkVisits(deps.pool, [visitAt(deps, best.row, slot)])
    if (checked?.refusal !== null) continue
    const claim = claimOf(slot, best.wish)
    taken.push(claim)
    found.set(best.row.id, { slot, claim })
    open.delete(best)
  }
  return rows.map((row) => ({ row, proposal: found.get(row.id) }))
}

async function openVisit(deps: HoldDeps, row: AppointmentRow): Promise<Open<AppointmentRow>> {
  const { bufferBefore = 0, bufferAfter = 0 } = deps.catalogue().services.get(row.service_id) ?? {}
  const wish = { start: Number(row.starts), clinicId: row.clinic_id, bufferBefore, bufferAfter }
  return { row, wish, left: rankProposals(await slotsFor(deps, row), wish) }
}

const visitAt = ({ newId }: HoldDeps, row: AppointmentRow, slot: Slot) => ({
  ...{ id: newId(), ownId: row.id, principalId: row.patient_id, patientId: row.patient_id },
  ...{ doctorId: slot.doctorId, serviceId: row.service_id, startSeconds: slot.start },
})

async function slotsFor(deps: HoldDeps, row: AppointmentRow): Promise<Slot[]> {
  const { doctor_id: doctorId, service_id: serviceId } = row
  const shape = deps.catalogue().services.get(serviceId)
  const specialtyId = deps.catalogue().doctors.get(doctorId)?.specialtyId
  if (shape === undefined || specialtyId === undefined) return []
  const now = Math.floor(deps.now().getTime() / 1_000)
  const start = Number(row.starts)
  const earliest = now + Math.max(60, shape.minimumNotice)
  const end = Math.min(start + LATER, now + shape.horizon)
  const search = (filter: SlotFilter, from: number) => {
    const range = { start: Math.max(earliest, from), end }
    return searchSlots(deps.availability, {
      sought: soughtBy(filter, deps.catalogue()),
      shape,
      range,
      limit: LOOKED_AT,
    })
  }
  const [others, same] = await Promise.all([
    search({ serviceId, specialtyId }, start - EARLIER),
    search({ serviceId, doctorId }, start + DAY / 2),
  ])
  return [...others.filter((slot) => slot.doctorId !== doctorId), ...same]
}
