/**
 * Roles and permissions. A person has roles; a route declares one permission; this table joins them.
 * Whether a caller may touch one particular row (own appointment, own rota) is decided by the owning service.
 */
export const ROLES = ['patient', 'doctor', 'admin', 'stakeholder', 'service'] as const
export type Role = (typeof ROLES)[number]

/** Each permission with the roles that hold it. */
export const PERMISSIONS = {
  /** Ask for an appointment for oneself. */
  'appointment:book': ['patient', 'doctor', 'admin'],
  /** Ask for an appointment for somebody else. */
  'appointment:book-for-others': ['doctor', 'admin'],
  /** Read appointments one takes part in. */
  'appointment:read': ['patient', 'doctor', 'admin'],
  /** Read everybody's appointments. */
  'appointment:read-any': ['admin'],
  /** Cancel an appointment one takes part in. */
  'appointment:cancel': ['patient', 'doctor', 'admin'],
  /** Read who has asked after one's own record. */
  'audit:read': ['patient', 'doctor', 'admin'],
  /** Read who has asked after anybody's record. */
  'audit:read-any': ['admin'],
  /** Say that one has come to an appointment one takes part in. */
  'appointment:arrive': ['patient', 'doctor', 'admin'],
  /** Lead patients through a visit: check in, begin, complete, no-show. */
  'appointment:attend': ['doctor', 'admin'],
  /** Book over a doctor's other visits, with a reason. */
  'appointment:overbook': ['doctor', 'admin'],
  /** Say that an appointment was entered in error. */
  'appointment:void': ['admin'],
  /** See the days of doctors, rooms and clinics: doctors their own visits, admins everybody's. */
  'grid:read': ['doctor', 'admin'],
  /** Plan anew the day of a doctor who is away: doctors their own, admins everybody's. */
  'replan:write': ['doctor', 'admin'],
  /** Make tickets, call the next one, lead it through its visit. */
  'ticket:write': ['doctor', 'admin'],
  /** Open and close the waiting room, at once or for an hour to come. */
  'waiting-room:manage': ['admin'],
  /** Approve or decline a pending request. */
  'appointment:decide': ['doctor', 'admin'],
  /** Read patients' records. */
  'patient:read-any': ['doctor', 'admin'],
  /** Say who may act for a patient: patients for themselves, admins for everybody; the one who acts may end it. */
  'proxy:write': ['patient', 'doctor', 'admin'],
  /** Change doctors, clinics, specialties, service types, patients. */
  'directory:write': ['admin'],
  /** Read rotas. */
  'schedule:read': ['doctor', 'admin'],
  /** Change rotas: doctors their own, admins everybody's. */
  'schedule:write': ['doctor', 'admin'],
  /** Close or shift many doctors' schedules at once. */
  'schedule:bulk-write': ['admin'],
  /** Keep the rooms and devices that are booked with doctors. */
  'resource:write': ['admin'],
  /** Open private feeds of one's own visits for calendar programs. */
  'calendar:own': ['patient', 'doctor'],
  /** Subscribe to one's own live events. */
  'stream:subscribe': ['patient', 'doctor', 'admin'],
  /** Read and change one's own user. */
  'user:self': ['patient', 'doctor', 'admin', 'stakeholder'],
  /** Manage users and roles. */
  'user:manage': ['admin'],
  /** Read operating figures without personal data. */
  'figures:read': ['stakeholder', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof PERMISSIONS

/** True when any of the roles holds the permission. */
export function permits(roles: readonly Role[], permission: Permission): boolean {
  const holders: readonly Role[] = PERMISSIONS[permission]
  return roles.some((role) => holders.includes(role))
}
