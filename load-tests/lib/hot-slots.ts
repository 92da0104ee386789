import { demoServiceTypes, demoSpecialties } from '@medqueue/demo-data'

import { LoadError } from './errors.ts'

/** A free slot, as the API gives it. */
export interface Slot {
  doctorId: string
  serviceId: string
  clinicId: string
  start: string
}

const DAY = 86_400_000
const PAGE = 200
const FIRST_DAY = 3
const LAST_DAY = 80

/**
 * Free slots for consultations, day by day over all specialties, until there are enough. No two of them overlap: the
 * starts of consultations lie as far apart as one takes. Throws LOAD_WORLD when there are too few.
 */
export async function chooseHotSlots(url: string, count: number, now: number): Promise<Slot[]> {
  const serviceId = demoServiceTypes().find(({ name }) => name === 'Consultation')?.id ?? ''
  const slots: Slot[] = []
  for (let day = FIRST_DAY; day < LAST_DAY && slots.length < count; day++) {
    const from = (Math.floor(now / DAY) + day) * DAY
    for (const { id } of demoSpecialties()) {
      if (slots.length < count) slots.push(...(await freeSlots(url, { serviceId, specialtyId: id }, from)))
    }
  }
  if (slots.length >= count) return slots.slice(0, count)
  throw new LoadError(
    'LOAD_WORLD',
    `${count} free slots are needed and there are ${slots.length}: \`make up RESET=1\`.`,
  )
}

interface Page {
  slots: Slot[]
  next?: string
}

async function freeSlots(url: string, filter: Record<string, string>, from: number): Promise<Slot[]> {
  const range = { from: new Date(from).toISOString(), to: new Date(from + DAY).toISOString() }
  const found: Slot[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ ...filter, ...range, limit: String(PAGE), ...(cursor && { cursor }) })
    const answer = await fetch(`${url}/v1/slots?${query.toString()}`, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) {
      throw new LoadError(
        'LOAD_WORLD',
        `The search for slots answered ${answer.status}: ${await answer.text()}`,
      )
    }
    const page = (await answer.json()) as Page
    found.push(...page.slots)
    cursor = page.next
  } while (cursor !== undefined)
  return found
}
