import type pg from 'pg'

import type { WaitlistOffered } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { appendEvents, type OutgoingEvent } from '@medqueue/messaging'

import { eventOf } from '../api/tell.ts'
import { formatInstant } from '../domain/instants.ts'
import type { Slot } from '../domain/slots.ts'
import { soughtBy } from '../domain/sought.ts'
import type { Availability } from '../slots/availability.ts'
import { searchSlots } from '../slots/search.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { holdSlot } from '../store/hold-slot.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { lockPatient, lockPatientService } from '../store/lock-patient-service.ts'
import type { WaitlistRow } from '../store/waitlist-entries.ts'
import { firstFor, lookLater, nextDue, offeredBefore, recordOffer, takeTurn } from '../store/waitlist-line.ts'

export interface OfferDeps {
  pool: pg.Pool
  availability: Availability
  catalogue: () => Catalogue
  now: () => Date
  newId: () => string
  /** How long a slot is kept for one person; default fifteen minutes. */
  offerSeconds?: number
}

const OFFER_SECONDS = 900
/** An entry is looked after again then even if nobody has told that something became free. Seconds. */
const LOOK_AGAIN = 600
/** Slots tried for one entry in one turn. */
const TRIED = 5
/** Held slots of a patient: an offer is not the patient's doing, and does not stand against the usual three. */
const MOST_HELD = 20

/** Refusals that say nothing of the slot: it is for the next in line. */
const NOT_FOR_THEM: ReadonlySet<string> = new Set([
  'patient_overlap',
  'too_many_open',
  'too_many_held',
  'patient_unknown',
])

/**
 * One turn: the first in line for whom it is worth looking is looked after, and what is found free is offered to the
 * first in line who wants it. `busy`: another replica has the turn; `idle`: nobody is left to be looked after.
 */
export async function takeOneTurn(deps: OfferDeps): Promise<'offered' | 'looked' | 'idle' | 'busy'> {
  const made = await withTransaction(deps.pool, async (client) => {
    if (!(await takeTurn(client))) return 'busy' as const
    const due = await nextDue(client)
    if (due === undefined) return 'idle' as const
    const offered = await offerSomething(client, deps, due)
    if (offered === undefined) await lookLater(client, due.id, LOOK_AGAIN)
    return offered ?? ('looked' as const)
  })
  if (typeof made === 'string') return made
  deps.availability.forget(made.doctor_id, Number(made.starts))
  return 'offered'
}

async function offerSomething(
  client: pg.ClientBase,
  deps: OfferDeps,
  due: WaitlistRow,
): Promise<AppointmentRow | undefined> {
  const before = await offeredBefore(client, due.id)
  const slots = await freeFor(deps, due, TRIED + before.size)
  for (const slot of slots
    .filter(({ doctorId, start }) => !before.has(`${doctorId}:${start}`))
    .slice(0, TRIED)) {
    const row = await offerSlot(client, deps, { ...slot, serviceId: due.service_id })
    if (row !== undefined) return row
  }
  return undefined
}

/** What is free for somebody, the first first. */
async function freeFor(deps: OfferDeps, due: WaitlistRow, limit: number): Promise<Slot[]> {
  const shape = deps.catalogue().services.get(due.service_id)
  if (shape?.active !== true) return []
  const now = Math.floor(deps.now().getTime() / 1_000)
  const range = {
    start: Math.max(Number(due.after), now + Math.max(60, shape.minimumNotice)),
    end: Math.min(Number(due.before), now + shape.horizon),
  }
  const filter = {
    serviceId: due.service_id,
    doctorId: due.doctor_id ?? undefined,
    specialtyId: due.specialty_id ?? undefined,
    clinicId: due.clinic_id ?? undefined,
  }
  return searchSlots(deps.availability, { sought: soughtBy(filter, deps.catalogue()), shape, range, limit })
}

/** Holds a slot for the first in line who wants it and can have it; undefined when it is gone or nobody can. */
async function offerSlot(
  client: pg.ClientBase,
  deps: OfferDeps,
  slot: Slot & { serviceId: string },
): Promise<AppointmentRow | undefined> {
  const { doctorId, clinicId, serviceId, start } = slot
  const specialtyId = deps.catalogue().doctors.get(doctorId)?.specialtyId ?? ''
  for (;;) {
    const entry = await firstFor(client, { doctorId, specialtyId, clinicId, serviceId, start })
    if (entry === undefined) return undefined
    await lockPatient(client, entry.patient_id, 'holds')
    await lockPatientService(client, entry.patient_id, serviceId)
    const visit = {
      ...{ id: deps.newId(), patientId: entry.patient_id },
      principalId: entry.by_proxy ? entry.patient_id : entry.principal_id,
      ...{ doctorId, serviceId, startSeconds: start },
    }
    const held = await holdSlot(client, visit, deps.offerSeconds ?? OFFER_SECONDS, MOST_HELD)
    if (!('refusal' in held)) {
      await recordOffer(client, { entryId: entry.id, doctorId, start, appointmentId: held.id })
      await appendEvents(client, [offeredEvent(deps, held, entry)])
      return held
    }
    if (!NOT_FOR_THEM.has(held.refusal)) return undefined
    await recordOffer(client, { entryId: entry.id, doctorId, start, appointmentId: null })
  }
}

function offeredEvent(deps: OfferDeps, held: AppointmentRow, entry: WaitlistRow): OutgoingEvent {
  const { subject, event } = eventOf(held, { ...deps, type: 'appointment.offered' })
  const until = formatInstant(Number(held.expires))
  const data = { ...(event.data as object), entryId: entry.id, until } as WaitlistOffered
  return { subject, event: { ...event, type: 'waitlist.offered', data } }
}
