import { formatInstant } from '../domain/instants.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import type { SlotView } from './schemas.ts'

/**
 * Slots in order, with those the caller holds among them: a patient who comes back finds the slot as theirs and not as
 * gone. What is not behind the place `after` was on an earlier page.
 */
export function withOwnHolds(
  slots: readonly SlotView[],
  holds: readonly AppointmentRow[],
  after: { start: number; doctorId: string } | undefined,
): SlotView[] {
  if (holds.length === 0) return [...slots]
  const held = new Map(holds.map((row) => [keyOf(viewOf(row)), row]))
  const isBehind = (view: SlotView) =>
    after === undefined || keyOf(view) > `${formatInstant(after.start)} ${after.doctorId}`
  // A seat of a group visit leaves others: then the slot is there already.
  const others = slots.filter((slot) => !held.has(keyOf(slot)))
  const own = [...held.values()].map((row) => {
    const left = slots.find((slot) => keyOf(slot) === keyOf(viewOf(row)))?.seatsLeft
    return { ...viewOf(row), ...(left === undefined ? {} : { seatsLeft: left }) }
  })
  return [...others, ...own.filter(isBehind)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Sorts as slots do: by start, then by doctor. */
const keyOf = ({ start, doctorId }: Pick<SlotView, 'start' | 'doctorId'>) => `${start} ${doctorId}`

function viewOf(row: AppointmentRow): SlotView {
  return {
    doctorId: row.doctor_id,
    serviceId: row.service_id,
    clinicId: row.clinic_id,
    start: formatInstant(Number(row.starts)),
    end: formatInstant(Number(row.ends)),
    heldByMe: true,
    holdId: row.id,
  }
}
