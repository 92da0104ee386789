import { type Caller, CommonErrors, ProblemError } from '@medqueue/service-kit'

import type { ForPatient } from '../api/patient-of.ts'
import type { Booked } from '../api/verdict.ts'
import type { Answers } from '../domain/answers.ts'
import { BookingErrors } from '../errors.ts'
import { FhirErrors } from './errors.ts'
import { appointmentNamed, MOST_IN_GROUP, patientOfResource } from './find.ts'
import { askedOf, type AskedAppointment, offerAsked } from './map/asked.ts'
import { isUuid, type Offer, offerOf } from './map/ids.ts'
import { type Input, inputNamed, refuseOthers, textNamed } from './map/inputs.ts'
import { InvalidInput } from './map/invalid-input.ts'
import type { AppointmentView, FhirPorts } from './ports.ts'

export interface BookRequest {
  inputs: readonly Input[]
  base: string
  caller: Caller
  /** The Idempotency-Key. */
  key: string
  /** Version from If-Match, or undefined for any. */
  expected: number | undefined
  traceparent: string
}

const LONGEST_MESSAGE = 1_000

/** What became of it, and of whom it is. */
export interface BookedFor {
  /** More than one for a group, whose id is `id`. */
  booked: readonly Booked[]
  id: string
  patientIds: readonly string[]
}

const alone = (booked: Booked, patientId: string): BookedFor => {
  return { booked: [booked], id: booked.id, patientIds: [patientId] }
}

/**
 * ITI-117: books what was proposed or held, or does with an appointment what its status says: `pending` (or `proposed`)
 * is a new one, `booked` moves an old one, `cancelled` cancels it. Throws what the REST API throws, and InvalidInput.
 */
export async function book(ports: FhirPorts, request: BookRequest): Promise<BookedFor> {
  const { inputs, base } = request
  refuseOthers(inputs, ['appointment-reference', 'appointment-resource', 'patient-resource', 'comment'])
  const id = appointmentNamed(inputs, base)
  const resource = inputNamed(inputs, 'appointment-resource')
  if ((id === undefined) === (resource === undefined)) {
    throw new InvalidInput(
      'required',
      'Name one appointment, by reference or as a resource',
      'appointment-reference',
    )
  }
  if (id !== undefined) return bookNamed(ports, request, id)
  if (resource?.resource?.resourceType !== 'Appointment') {
    throw new InvalidInput('structure', 'This is an Appointment', 'appointment-resource')
  }
  return bookAsked(ports, request, askedOf(resource.resource, base))
}

async function bookNamed(ports: FhirPorts, request: BookRequest, id: string): Promise<BookedFor> {
  const offer = offerOf(id)
  if (offer !== undefined) return bookNew(ports, request, { offer })
  if (!isUuid(id)) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
  return bookHeld(ports, request, { view: await ports.get(id, request.caller) })
}

/** What an appointment is sent for, by its status; the others are for REST, where who comes and goes is told. */
const PURPOSES: Readonly<Record<string, 'book' | 'move' | 'cancel'>> = {
  pending: 'book',
  proposed: 'book',
  booked: 'move',
  cancelled: 'cancel',
}

async function bookAsked(
  ports: FhirPorts,
  request: BookRequest,
  asked: AskedAppointment,
): Promise<BookedFor> {
  const { status, id = '', comment, patientIds, end, answers } = asked
  const purpose = PURPOSES[status]
  if (purpose === undefined) {
    throw new ProblemError(FhirErrors.BOOKING_FHIR_NOT_SUPPORTED, { field: 'appointment-resource.status' })
  }
  if (!isUuid(id)) {
    if (purpose !== 'book') throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
    return bookNew(ports, request, { offer: offerAsked(asked), end, patientIds, comment, answers })
  }
  const view = await ports.get(id, request.caller)
  if (purpose === 'cancel')
    return alone(await cancel(ports, request, { view, reason: asked.reason }), view.patientId)
  if (purpose === 'book' || view.status === 'held')
    return bookHeld(ports, request, { view, comment, answers })
  return alone(await move(ports, request, { view, asked }), view.patientId)
}

interface NewVisit {
  offer: Offer
  /** As the client thinks; Unix seconds. */
  end?: number | undefined
  patientIds?: readonly string[]
  comment?: string | undefined
  answers?: Answers | undefined
  holdId?: string
}

async function bookNew(ports: FhirPorts, request: BookRequest, visit: NewVisit): Promise<BookedFor> {
  const { inputs, caller, key, traceparent } = request
  const { offer, holdId } = visit
  await refuseOtherEnd(ports, offer, visit.end)
  const patients = await patientsMeant(ports, request, visit.patientIds ?? [])
  const [first] = patients
  if (first === undefined) throw new RangeError('nobody is to be booked')
  const order = {
    doctorId: offer.doctorId,
    serviceId: offer.serviceId,
    startSeconds: offer.start,
    message: messageIn(inputs, visit.comment),
    ...(visit.answers === undefined ? {} : { answers: visit.answers }),
  }
  const how = { key, waitMs: ports.waitMs, traceparent }
  if (patients.length > 1) {
    const asked = { answers: undefined, ...order, patients, caller, ...how }
    return { ...(await ports.bookGroup(asked)), patientIds: patients.map(({ patientId }) => patientId) }
  }
  const whole = { ...order, ...first, ...(holdId === undefined ? {} : { holdId }) }
  return alone(await ports.book({ order: whole, principalId: caller.id, ...how }), first.patientId)
}

/** Whom it is for: those named by either way, who must be the same; else the caller. */
async function patientsMeant(
  ports: FhirPorts,
  { inputs, caller }: BookRequest,
  participants: readonly string[],
): Promise<ForPatient[]> {
  const named = patientsNamed(inputs)
  const [sent, taking] = [new Set(named), new Set(participants)]
  const isOther = sent.size !== taking.size || [...sent].some((id) => !taking.has(id))
  if (sent.size > 0 && taking.size > 0 && isOther) {
    throw new InvalidInput('value', 'The patient is another one', 'patient-resource')
  }
  const ids = [...(sent.size > 0 ? sent : taking)]
  if (ids.length > MOST_IN_GROUP)
    throw new InvalidInput('value', `A group has ${MOST_IN_GROUP} patients at most`, 'patient-resource')
  const meant = ids.length === 0 ? [undefined] : ids
  const patients = await Promise.all(meant.map(async (id) => ports.forPatient(caller, id)))
  for (const { patientId } of patients) refuseNoUuid(patientId)
  return patients
}

/** Patients are known by UUIDs: any other id is of nobody. */
function refuseNoUuid(patientId: string): void {
  if (!isUuid(patientId)) throw new ProblemError(BookingErrors.BOOKING_PATIENT_UNKNOWN, { field: 'patient' })
}

/** A visit lasts as long as its service says: who thinks otherwise is told before it is booked. */
async function refuseOtherEnd(
  ports: FhirPorts,
  { serviceId, start }: Offer,
  end: number | undefined,
): Promise<void> {
  const service = (await ports.directory()).services.get(serviceId)
  if (end === undefined || service === undefined || end === start + service.duration) return
  const minutes = Math.round(service.duration / 60)
  throw new InvalidInput(
    'value',
    `A visit of this service lasts ${minutes} minutes`,
    'appointment-resource.end',
  )
}

function patientsNamed(inputs: readonly Input[]): string[] {
  return inputs
    .filter(({ name }) => name === 'patient-resource')
    .map((input) => {
      const id = patientOfResource(input)
      if (id === undefined)
        throw new InvalidInput('value', 'The patient has no id that is known here', 'patient-resource')
      return id
    })
}

function messageIn(inputs: readonly Input[], comment: string | undefined): string | undefined {
  const message = textNamed(inputs, 'comment') ?? comment
  if (message !== undefined && message.length > LONGEST_MESSAGE) {
    throw new InvalidInput('value', 'The comment is longer than 1,000 characters', 'comment')
  }
  return message
}

/** Makes an appointment of a hold. What is booked or asked for already stays as it is: it has been done. */
async function bookHeld(
  ports: FhirPorts,
  request: BookRequest,
  { view, comment, answers }: Pick<NewVisit, 'comment' | 'answers'> & { view: AppointmentView },
): Promise<BookedFor> {
  const { id, status, doctorId, serviceId, patientId } = view
  if (status === 'booked' || status === 'pending') return alone(view, patientId)
  if (status !== 'held') {
    throw new ProblemError(BookingErrors.BOOKING_ILLEGAL_TRANSITION, { detail: `It is ${status}` })
  }
  const offer = { doctorId, serviceId, start: Date.parse(view.start) / 1000 }
  return bookNew(ports, request, { offer, patientIds: [patientId], comment, answers, holdId: id })
}

async function move(
  ports: FhirPorts,
  { inputs, caller, expected, traceparent }: BookRequest,
  { view, asked }: { view: AppointmentView; asked: AskedAppointment },
): Promise<AppointmentView> {
  if (inputs.some(({ name }) => name === 'comment' || name === 'patient-resource')) {
    throw new InvalidInput(
      'not-supported',
      'A change is of the time, the practitioner or the service',
      'comment',
    )
  }
  if (asked.patientIds.some((id) => id !== view.patientId)) {
    throw new InvalidInput('value', 'An appointment keeps its patient', 'appointment-resource.participant')
  }
  const { doctorId = view.doctorId, serviceId = view.serviceId, start, end } = asked
  if (start === undefined) throw new InvalidInput('required', 'This is missing', 'appointment-resource.start')
  await refuseOtherEnd(ports, { doctorId, serviceId, start }, end)
  const wish = { id: view.id, caller, startSeconds: start, doctorId, serviceId, overbook: undefined }
  return ports.move({ ...wish, expected, traceparent })
}

async function cancel(
  ports: FhirPorts,
  { inputs, caller, expected, traceparent }: BookRequest,
  { view, reason }: { view: AppointmentView; reason: string | undefined },
): Promise<AppointmentView> {
  if (!caller.can('appointment:cancel')) throw new ProblemError(CommonErrors.FORBIDDEN)
  const comment = textNamed(inputs, 'comment')
  if (comment !== undefined && comment.length > 200) {
    throw new InvalidInput('value', 'The reason is longer than 200 characters', 'comment')
  }
  const action = view.status === 'held' ? 'release' : 'cancel'
  return ports.change({ id: view.id, action, caller, reason: reason ?? comment, expected, traceparent })
}
