import type { Appointment, CodeableConcept } from 'fhir/r4.js'

import type { Answers } from '../../domain/answers.ts'
import { parseInstant } from '../../domain/instants.ts'
import { EXTENSIONS, SYSTEMS, uuidOf } from './codes.ts'
import { type Offer, offerId, offerOf } from './ids.ts'
import { InvalidInput } from './invalid-input.ts'
import { answersIn } from './questionnaire.ts'
import { referencedId } from './search-values.ts'

/** An appointment as a client sent it to `$book`. */
export interface AskedAppointment {
  id: string | undefined
  status: Appointment['status']
  doctorId: string | undefined
  serviceId: string | undefined
  /** Several: a group. */
  patientIds: readonly string[]
  /** Unix seconds. */
  start: number | undefined
  end: number | undefined
  /** What its slot, or its own id, says of doctor, service and start. */
  offer: Offer | undefined
  comment: string | undefined
  answers: Answers | undefined
  /** Why it is cancelled. */
  reason: string | undefined
}

const AT = 'appointment-resource'

/** Throws InvalidInput for what breaks the rules of R4. */
export function askedOf(resource: Appointment, base: string): AskedAppointment {
  const { id, status, comment } = resource
  const times = timesOf(resource)
  refuseReason(resource)
  const offer = slotOf(resource, base) ?? offerOf(id ?? '')
  if (offer !== undefined && offerOf(id ?? '') !== undefined && offerId(offer) !== id)
    throw new InvalidInput('value', 'The slot is another one', `${AT}.slot`)
  const serviceId = serviceOf(resource)
  return {
    id,
    status,
    doctorId: actorOf(resource, 'Practitioner', base),
    serviceId,
    patientIds: actorsOf(resource, 'Patient', base),
    ...times,
    offer,
    comment,
    answers: answersIn(resource, serviceId ?? offer?.serviceId),
    reason: reasonOf(resource),
  }
}

/** The offer that its slot is; undefined without one. A visit has one slot: of several, one would be booked unsaid. */
function slotOf({ slot = [] }: Appointment, base: string): Offer | undefined {
  const [first] = slot
  if (first === undefined) return undefined
  if (slot.length > 1)
    throw new InvalidInput('not-supported', 'Several slots are not booked at once', `${AT}.slot`)
  const offer = offerOf(referencedId(first.reference ?? '', 'Slot', base) ?? '')
  if (offer === undefined) throw new InvalidInput('value', 'There is no such Slot here', `${AT}.slot`)
  return offer
}

/** Of app-2 and app-3 of R4; app-5 is R5's, and sensible. */
function timesOf({ start, end, status }: Appointment): {
  start: number | undefined
  end: number | undefined
} {
  if ((start === undefined) !== (end === undefined)) {
    throw new InvalidInput('invalid', 'Start and end are both there or neither (app-2)', `${AT}.start`)
  }
  if (start === undefined || end === undefined) {
    if (['proposed', 'cancelled', 'waitlist'].includes(status)) return { start: undefined, end: undefined }
    throw new InvalidInput(
      'required',
      'Only what is proposed or cancelled may lack times (app-3)',
      `${AT}.start`,
    )
  }
  const [from, to] = [parseInstant(start), parseInstant(end)]
  if (from === undefined || to === undefined || to <= from) {
    throw new InvalidInput('value', 'The end comes after the start', `${AT}.end`)
  }
  if (!Number.isInteger(from))
    throw new InvalidInput('value', 'Visits start on a whole second', `${AT}.start`)
  return { start: from, end: to }
}

/** Of app-4. R4 spells the status `no-show` there, so that `noshow` may not have a reason. */
function refuseReason({ status, cancelationReason }: Appointment): void {
  if (cancelationReason === undefined || status === 'cancelled') return
  throw new InvalidInput(
    'invalid',
    'Only a cancelled appointment has a reason for it (app-4)',
    `${AT}.cancelationReason`,
  )
}

function actorOf(resource: Appointment, type: 'Practitioner', base: string): string | undefined {
  const meant = actorsOf(resource, type, base)
  if (meant.length > 1) {
    throw new InvalidInput(
      'not-supported',
      `Several participants of the type ${type} are not booked at once`,
      AT,
    )
  }
  return meant[0]
}

function actorsOf({ participant }: Appointment, type: 'Practitioner' | 'Patient', base: string): string[] {
  return participant.flatMap(({ actor }) => {
    const isOfType = actor?.type === type || new RegExp(`(^|/)${type}/`).test(actor?.reference ?? '')
    if (actor === undefined || !isOfType) return []
    const id =
      actor.reference === undefined
        ? uuidOf(actor.identifier ?? {})
        : referencedId(actor.reference, type, base)
    if (id === undefined)
      throw new InvalidInput('value', `There is no such ${type} here`, `${AT}.participant.actor`)
    return [id]
  })
}

function serviceOf({ serviceType = [] }: Appointment): string | undefined {
  const codings = serviceType.flatMap(({ coding = [] }) => coding)
  return codings.find(({ system }) => system === undefined || system === SYSTEMS.serviceType)?.code
}

const LONGEST_REASON = 200

/** What is written, or else what is coded. */
function reasonOf({ cancelationReason, extension = [] }: Appointment): string | undefined {
  const extended = extension.find(({ url }) => url === EXTENSIONS.statusReason)?.valueCodeableConcept
  const text = wordsOf(cancelationReason) ?? wordsOf(extended)
  if (text !== undefined && text.length > LONGEST_REASON) {
    throw new InvalidInput('value', 'The reason is longer than 200 characters', `${AT}.cancelationReason`)
  }
  return text
}

function wordsOf(concept: CodeableConcept | undefined): string | undefined {
  const [coding] = concept?.coding ?? []
  return concept?.text ?? coding?.display ?? coding?.code
}

/** The offer an asked appointment means. Throws InvalidInput when something is missing, or says something else. */
export function offerAsked(asked: AskedAppointment): Offer {
  const { offer } = asked
  const doctorId = agreed(asked.doctorId, offer?.doctorId, 'participant.actor')
  const serviceId = agreed(asked.serviceId, offer?.serviceId, 'serviceType')
  const start = agreed(asked.start, offer?.start, 'start')
  return { doctorId, serviceId, start }
}

function agreed<T>(said: T | undefined, offered: T | undefined, element: string): T {
  if (said !== undefined && offered !== undefined && said !== offered) {
    throw new InvalidInput('value', 'The slot is another one', `${AT}.${element}`)
  }
  const value = said ?? offered
  if (value === undefined) throw new InvalidInput('required', 'This is missing', `${AT}.${element}`)
  return value
}
