/**
 * JetStream streams and subjects. A prefix (empty in production, one per test file in tests) sets installations
 * apart on one broker.
 */
export interface StreamDefinition {
  name: string
  subjects: string[]
  description: string
  /** What happens when it is full: refuse new messages, or drop the oldest. */
  discard: 'new' | 'old'
  maxBytes: number
  /** Nanoseconds a message id is remembered for de-duplication. */
  duplicateWindowNanos: number
  /** Nanoseconds a message is kept; 0 keeps it until the size limit. */
  maxAgeNanos: number
  /** Copies of the stream in a cluster; 1 when not said. */
  replicas?: number
}

const SECOND = 1_000_000_000
const GIB = 1024 ** 3

/** Number of ordered lanes when nothing else is configured: embedded. Fixed at birth. */
export const EMBEDDED_PARTITIONS = 4

export interface Subjects {
  bookingRequests: (partition: number) => string
  /** Core NATS: outcomes for one api replica. */
  decisions: (replica: string) => string
  /** Core NATS: a booking worker has given partitions back, or wants its share; the message is its name. */
  leases: string
  /** appointment.<type>.<doctorId>.<patientId>, and .<previousDoctorId> for a visit that has gone to another doctor */
  appointment: (type: string, doctorId: string, patientId: string, previousDoctorId?: string) => string
  directory: (kind: DirectoryKind, id: string) => string
  windows: (doctorId: string) => string
  resource: (id: string) => string
  user: (type: string, userId: string) => string
  deadLetter: (consumer: string) => string
}

export type DirectoryKind = 'doctor' | 'clinic' | 'specialty' | 'service-type' | 'patients' | 'proxy'

export interface Names {
  streams: {
    bookingRequests: string
    appointmentEvents: string
    directoryEvents: string
    scheduleEvents: string
    identityEvents: string
    billingEvents: string
    deadLetters: string
  }
  subjects: Subjects
  /** Prepends the prefix to a subject pattern, such as `directory.doctor.*`. */
  subject: (pattern: string) => string
}

/** Every stream and subject name under one prefix. The prefix holds letters, digits and `-` only. */
export function namesOf(prefix = ''): Names {
  const stream = (name: string) => (prefix === '' ? name : `${prefix}_${name}`)
  const subject = (pattern: string) => (prefix === '' ? pattern : `${prefix}.${pattern}`)
  return {
    subject,
    streams: {
      bookingRequests: stream('BOOKING_REQUESTS'),
      appointmentEvents: stream('APPOINTMENT_EVENTS'),
      directoryEvents: stream('DIRECTORY_EVENTS'),
      scheduleEvents: stream('SCHEDULE_EVENTS'),
      identityEvents: stream('IDENTITY_EVENTS'),
      billingEvents: stream('BILLING_EVENTS'),
      deadLetters: stream('DEAD_LETTERS'),
    },
    subjects: {
      bookingRequests: (partition) => subject(`booking.requests.${partition}`),
      decisions: (replica) => subject(`booking.decisions.${replica}`),
      leases: subject('booking.leases'),
      appointment: (type, doctorId, patientId, previousDoctorId) => {
        const people = [doctorId, patientId, ...(previousDoctorId === undefined ? [] : [previousDoctorId])]
        return subject(`appointment.${type}.${people.join('.')}`)
      },
      directory: (kind, id) => subject(`directory.${kind}.${id}`),
      windows: (doctorId) => subject(`schedule.windows.${doctorId}`),
      resource: (id) => subject(`schedule.resource.${id}`),
      user: (type, userId) => subject(`identity.user.${type}.${userId}`),
      deadLetter: (consumer) => subject(`dead-letter.${consumer}`),
    },
  }
}

/** Field of a stream's metadata that names the BookingQueue which keeps it: nobody else changes it. */
export const STREAM_KEEPER = 'medqueue.dev/queue'

type Events = Pick<StreamDefinition, 'name' | 'subjects' | 'description' | 'replicas'>

function events(definition: Events): StreamDefinition {
  return {
    ...definition,
    discard: 'old',
    maxBytes: 8 * GIB,
    duplicateWindowNanos: 120 * SECOND,
    maxAgeNanos: 0,
  }
}

/** The definition of every stream, for `ensureStream`; `replicas` is on how many brokers each is kept. */
export function streamsOf(prefix = '', replicas = 1): Record<keyof Names['streams'], StreamDefinition> {
  const { streams, subject } = namesOf(prefix)
  const of = (name: keyof Names['streams'], pattern: string, description: string) =>
    events({ name: streams[name], subjects: [subject(pattern)], description, replicas })
  return {
    bookingRequests: {
      name: streams.bookingRequests,
      subjects: [subject('booking.requests.*')],
      description: 'Booking requests by partition, in order of arrival; purged once decided',
      discard: 'new',
      maxBytes: 1 * GIB,
      duplicateWindowNanos: 1 * SECOND,
      maxAgeNanos: 0,
      replicas,
    },
    appointmentEvents: of('appointmentEvents', 'appointment.>', 'What happened to appointments'),
    directoryEvents: of('directoryEvents', 'directory.>', 'Snapshots of the directory'),
    scheduleEvents: of('scheduleEvents', 'schedule.>', 'Bookable windows by doctor, rooms and devices'),
    identityEvents: of('identityEvents', 'identity.>', 'What happened to users'),
    billingEvents: of('billingEvents', 'billing.>', 'Charges and invoices of appointments'),
    deadLetters: of('deadLetters', 'dead-letter.>', 'Messages no consumer could take'),
  }
}
