import { partitionOf } from '@medqueue/contracts'

/**
 * The small world that is fought over: as many doctors in each partition, two services, windows of ten hours a day.
 * Half-hour slots; the first days are for slots that many want, the others for slots that one patient wants.
 */
export interface Town {
  doctors: string[]
  patients: string[]
  clinicId: string
  specialtyId: string
  /** Twenty minutes, ten of buffer, starts every ten minutes; booked at once. */
  visitId: string
  /** Twenty minutes without buffer; waits for the doctor's approval. */
  procedureId: string
  /** Midnight UTC of the first day; Unix seconds. */
  firstDay: number
}

export interface Slot {
  doctorId: string
  /** RFC 3339. */
  start: string
}

export const OPENING_SECONDS = 8 * 3600
export const OPEN_SECONDS = 10 * 3600
export const DAYS = 90
export const PARTITIONS = 4
const HOT_DAYS = 20
const SLOT_SECONDS = 1_800
const SLOTS_A_DAY = OPEN_SECONDS / SLOT_SECONDS
const DAY = 86_400

const DOCTORS_A_PARTITION = 4
const PATIENTS = 1_000

/** A town with ids of its own. */
export function makeTown(nowSeconds: number, newId: () => string): Town {
  return {
    doctors: doctorsOf(newId),
    patients: Array.from({ length: PATIENTS }, newId),
    clinicId: newId(),
    specialtyId: newId(),
    visitId: newId(),
    procedureId: newId(),
    firstDay: (Math.floor(nowSeconds / DAY) + 2) * DAY,
  }
}

/** Draws ids until every partition has its doctors: a fault of one partition must be seen. */
function doctorsOf(newId: () => string): string[] {
  const doctors = new Map(
    Array.from({ length: PARTITIONS }, (_, partition) => [partition, new Set<string>()]),
  )
  while ([...doctors.values()].some(({ size }) => size < DOCTORS_A_PARTITION)) {
    const id = newId()
    const lane = doctors.get(partitionOf(id, PARTITIONS))
    if (lane !== undefined && lane.size < DOCTORS_A_PARTITION) lane.add(id)
  }
  return [...doctors.values()].flatMap((ids) => [...ids])
}

/** The n-th slot that one patient alone asks for. Neighbours in n have the same time with another doctor. */
export function quietSlot(town: Town, n: number): Slot {
  const round = Math.floor(n / town.doctors.length)
  const days = DAYS - HOT_DAYS
  return slotAt(town, n, { day: HOT_DAYS + (round % days), place: Math.floor(round / days) })
}

/** The n-th slot that many ask for; `late` starts it ten minutes later, so that it meets two of them. */
export function hotSlot(town: Town, n: number, late: boolean): Slot {
  const round = Math.floor(n / town.doctors.length)
  const place = Math.floor(round / HOT_DAYS)
  return slotAt(town, n, { day: round % HOT_DAYS, place, later: late ? 600 : 0 })
}

interface Place {
  day: number
  place: number
  later?: number
}

function slotAt({ doctors, firstDay }: Town, n: number, { day, place, later = 0 }: Place): Slot {
  const seconds = firstDay + day * DAY + OPENING_SECONDS + (place % SLOTS_A_DAY) * SLOT_SECONDS + later
  return {
    doctorId: doctors[n % doctors.length] ?? '',
    start: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
  }
}
