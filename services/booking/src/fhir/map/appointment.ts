import type { Appointment, AppointmentParticipant, CodeableConcept, Extension } from 'fhir/r4.js'

import type { Appointment as AppointmentView } from '../../api/schemas.ts'
import { formatInstant } from '../../domain/instants.ts'
import type { Slot as FreeSlot } from '../../domain/slots.ts'
import type { Directory } from '../store/list-directory.ts'
import { EXTENSIONS, identifierOf, SYSTEMS } from './codes.ts'
import { referenceTo, serviceConcept, specialtyConcept } from './directory.ts'
import { offerId } from './ids.ts'
import { textOf } from './primitives.ts'
import { answersOf } from './questionnaire.ts'
import { fhirStatusOf, patientStatusOf, practitionerStatusOf } from './statuses.ts'

/** Who takes part, and when and where: what an offer and an appointment have in common. */
interface Visit {
  doctorId: string
  serviceId: string
  clinicId: string
  /** RFC 3339. */
  start: string
  end: string
}

const secondsOf = (instant: string) => Date.parse(instant) / 1000

function visitOf({ doctorId, serviceId, start, end }: Visit, directory: Directory) {
  const doctor = directory.doctors.get(doctorId)
  return {
    serviceType: [serviceConcept(directory, serviceId)],
    ...(doctor === undefined ? {} : { specialty: [specialtyConcept(directory, doctor.specialty_id)] }),
    start,
    end,
    minutesDuration: Math.round((secondsOf(end) - secondsOf(start)) / 60),
    slot: [referenceTo('Slot', offerId({ doctorId, serviceId, start: secondsOf(start) }))],
  }
}

function participant(
  type: string,
  id: string,
  about: { name?: string | undefined; status: AppointmentParticipant['status'] },
): AppointmentParticipant {
  return { actor: referenceTo(type, id, about.name), required: 'required', status: about.status }
}

/** The IHE profile wants a requested period: it is the time of the visit. */
const requested = ({ start, end }: Visit) => ({ requestedPeriod: [{ start, end }] })

/** An appointment of the record as FHIR tells it. */
export function appointmentOf(view: AppointmentView, directory: Directory): Appointment {
  const { id, version, status, doctorId, patientId, clinicId, message, endedBy } = view
  const { supportingInformation, ...contained } = answersOf(view)
  return {
    resourceType: 'Appointment',
    id,
    meta: { versionId: String(version) },
    ...contained,
    ...extensionOf(view),
    identifier: [identifierOf(id)],
    status: fhirStatusOf(status),
    ...cancelationOf(view),
    ...(supportingInformation === undefined ? {} : { supportingInformation }),
    ...visitOf(view, directory),
    ...(message === undefined || message === '' ? {} : { comment: textOf(message) }),
    participant: [
      participant('Patient', patientId, { status: patientStatusOf(status, endedBy) }),
      participant('Practitioner', doctorId, {
        name: directory.doctors.get(doctorId)?.name,
        status: practitionerStatusOf(status),
      }),
      participant('Location', clinicId, {
        name: directory.clinics.get(clinicId)?.name,
        status: practitionerStatusOf(status),
      }),
    ],
    ...requested(view),
  }
}

/** How far a group has come: the first of these that one of its appointments has. */
const GROUP_STATUSES: readonly Appointment['status'][] = [
  ...(['pending', 'booked', 'arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled'] as const),
]

/** Patients who were booked together, as one appointment beside those of each of them, which it names. */
export function groupOf(
  id: string,
  views: readonly [AppointmentView, ...AppointmentView[]],
  directory: Directory,
): Appointment {
  const [first] = views
  const all = views.map((view) => appointmentOf(view, directory))
  const ofPatient = (participants: AppointmentParticipant[], is: boolean) =>
    participants.filter(({ actor }) => actor?.reference?.startsWith('Patient/') === is)
  const status = GROUP_STATUSES.find((each) => all.some((one) => one.status === each))
  return {
    resourceType: 'Appointment',
    id,
    identifier: [identifierOf(id)],
    status: status ?? 'entered-in-error',
    ...visitOf(first, directory),
    supportingInformation: views.map((view) => referenceTo('Appointment', view.id)),
    participant: [
      ...all.flatMap(({ participant: each }) => ofPatient(each, true)),
      ...all.slice(0, 1).flatMap(({ participant: each }) => ofPatient(each, false)),
    ],
    ...requested(first),
  }
}

/** A free slot as an appointment that could be: what `$find` returns, and what `$hold` and `$book` take. */
export function proposedOf(
  slot: FreeSlot,
  serviceId: string,
  { directory, patientIds = [] }: { directory: Directory; patientIds?: readonly string[] },
): Appointment {
  const visit = { ...slot, serviceId, start: formatInstant(slot.start), end: formatInstant(slot.end) }
  const status = 'needs-action'
  return {
    resourceType: 'Appointment',
    id: offerId({ ...slot, serviceId }),
    status: 'proposed',
    ...visitOf(visit, directory),
    participant: [
      ...patientIds.map((id) => participant('Patient', id, { status })),
      participant('Practitioner', slot.doctorId, {
        name: directory.doctors.get(slot.doctorId)?.name,
        status,
      }),
      participant('Location', slot.clinicId, { name: directory.clinics.get(slot.clinicId)?.name, status }),
    ],
    ...requested(visit),
  }
}

/**
 * R4 allows a reason of cancelation for cancelled appointments and, by a slip in its invariant app-4, for the status
 * `no-show`, which does not exist: with `noshow` it is an error. What was said of those is in IHE's extension.
 */
function cancelationOf({ status, reason }: AppointmentView): { cancelationReason?: CodeableConcept } {
  if (fhirStatusOf(status) !== 'cancelled') return {}
  const text = reason === undefined || reason === '' ? REASON_BY_STATUS[status] : textOf(reason)
  return text === undefined ? {} : { cancelationReason: { text } }
}

const REASON_BY_STATUS: Readonly<Record<string, string>> = {
  declined: 'Declined',
  expired: 'Lapsed without an answer',
}

function extensionOf(view: AppointmentView): { extension?: Extension[] } {
  const code = statusReasonOf(view)
  if (code === undefined) return {}
  const coding = [{ system: SYSTEMS.statusReason, code, display: STATUS_REASONS[code] }]
  const said = view.status === 'noshow' && view.reason !== undefined && view.reason !== ''
  const text = said ? { text: textOf(view.reason ?? '') } : {}
  return { extension: [{ url: EXTENSIONS.statusReason, valueCodeableConcept: { coding, ...text } }] }
}

/** The codes of IHE that say what we know, with IHE's names for them. */
const STATUS_REASONS = {
  'no-show': 'Patient No Show',
  'patient-cancel': 'Patient Cancel',
  'staff-cancel': 'Staff Cancel',
} as const

function statusReasonOf({ status, endedBy }: AppointmentView): keyof typeof STATUS_REASONS | undefined {
  if (status === 'noshow') return 'no-show'
  if (status === 'cancelled' && endedBy === 'patient') return 'patient-cancel'
  const byCare = endedBy === 'doctor' || endedBy === 'staff'
  return (status === 'cancelled' || status === 'declined') && byCare ? 'staff-cancel' : undefined
}
