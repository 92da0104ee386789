import type { Answer } from '../domain/answers.ts'
import { formatInstant } from '../domain/instants.ts'
import type { Slot } from '../domain/slots.ts'
import type { QueuedRequest } from '../intake/order.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import type { Appointment, SlotView } from './schemas.ts'

/** An appointment as the API shows it. */
export function appointmentView(row: AppointmentRow): Appointment {
  return {
    id: row.id,
    status: row.status,
    doctorId: row.doctor_id,
    patientId: row.patient_id,
    serviceId: row.service_id,
    clinicId: row.clinic_id,
    start: formatInstant(Number(row.starts)),
    end: formatInstant(Number(row.ends)),
    version: row.version,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.answers === null ? {} : { answers: row.answers }),
    ...placeOf(row),
    ...endOf(row),
  }
}

function placeOf(row: AppointmentRow): Partial<Appointment> {
  return {
    ...(row.room_id === null ? {} : { roomId: row.room_id }),
    ...(row.device_id === null ? {} : { deviceId: row.device_id }),
    ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    ...(row.seat === null ? {} : { seat: row.seat }),
    ...(row.series_id === null ? {} : { seriesId: row.series_id }),
    ...(row.overbooked ? { overbooked: true } : {}),
  }
}

const ENDED: ReadonlySet<string> = new Set(['cancelled', 'declined', 'expired'])

function endOf(row: AppointmentRow): Partial<Appointment> {
  return {
    ...(row.expires === null ? {} : { expiresAt: formatInstant(Number(row.expires)) }),
    ...(row.extended && row.status === 'held' ? { extended: true } : {}),
    ...(ENDED.has(row.status) ? { endedBy: row.actor_part } : {}),
    ...(row.late ? { late: true } : {}),
  }
}

/** The same for what was decided a moment ago, without reading it back. */
export function decidedView(
  request: QueuedRequest,
  outcome: { decision: 'booked' | 'pending'; clinicId: string; endSeconds: number },
): Appointment {
  return {
    id: request.id,
    status: outcome.decision,
    doctorId: request.doctorId,
    patientId: request.patientId,
    serviceId: request.serviceId,
    clinicId: outcome.clinicId,
    start: formatInstant(request.startSeconds),
    end: formatInstant(outcome.endSeconds),
    version: 1,
    ...(request.message === undefined ? {} : { message: request.message }),
    ...(request.answered === undefined ? {} : { answers: JSON.parse(request.answered) as Answer[] }),
    ...(request.seriesId === undefined ? {} : { seriesId: request.seriesId }),
  }
}

export function slotView({ start, end, ...slot }: Slot, serviceId: string): SlotView {
  return { ...slot, serviceId, start: formatInstant(start), end: formatInstant(end) }
}

/** ETag of a version. */
export const etagOf = (version: number): string => `"${version}"`
