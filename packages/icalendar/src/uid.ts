/** Right of the @ in every UID that Medqueue gives (RFC 7986, 5.3: it need not be a host). */
const REALM = 'appointments.medqueue.dev'

/** What calendars know an appointment by, for as long as it is known at all. */
export function uidOf(appointmentId: string): string {
  return `${appointmentId}@${REALM}`
}

/** True for the UID of one of our own visits, met in somebody's calendar. */
export function isOwnUid(uid: string): boolean {
  return uid.toLowerCase().endsWith(`@${REALM}`)
}
