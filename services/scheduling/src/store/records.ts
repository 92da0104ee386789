/** Rows as the store gives them. Minutes are wall time since midnight; dates are `YYYY-MM-DD`. */
export interface RotaRecord {
  id: string
  doctorId: string
  clinicId: string
  /** Null: by the rule. */
  weekday: number | null
  rrule: string | null
  exdates: string[]
  start: number
  end: number
  effectiveFrom: string
  /** Last date on which the row counts; null never ends. */
  effectiveTo: string | null
  version: number
  /** Place in lists. */
  position: string
  /** The clinic's zone. */
  zone: string
}

export type NewRota = Omit<RotaRecord, 'version' | 'position' | 'zone'>

export interface ExceptionRecord {
  id: string
  doctorId: string
  clinicId: string | null
  kind: 'closed' | 'open' | 'shifted'
  /** Of `shifted`: minutes of wall time by which the shifts that begin then are moved; else null. */
  by: number | null
  date: string
  lastDate: string
  start: number
  end: number
  reason: string | null
  /** The bulk change it came with. */
  changeId: string | null
  version: number
}

export type NewException = Omit<ExceptionRecord, 'version'>

export const ROTA_COLUMNS = `
  r.id, r.doctor_id AS "doctorId", r.clinic_id AS "clinicId", r.weekday, r.rrule, r.exdates::text[] AS exdates,
  lower(r.minutes) AS start, upper(r.minutes) AS "end",
  lower(r.effective)::text AS "effectiveFrom", (upper(r.effective) - 1)::text AS "effectiveTo",
  r.version, r.position::text, c.zone`

export const EXCEPTION_COLUMNS = `
  id, doctor_id AS "doctorId", clinic_id AS "clinicId", kind, by_minutes AS by,
  lower(dates)::text AS date, (upper(dates) - 1)::text AS "lastDate",
  lower(minutes) AS start, upper(minutes) AS "end", reason, change_id AS "changeId", version`

/** A room or a device. */
export interface ResourceRecord {
  id: string
  version: number
  active: boolean
  kind: string
  clinicId: string
  name: string
  /** Place in lists. */
  position: string
}

export type NewResource = Omit<ResourceRecord, 'version' | 'position'>

export const RESOURCE_COLUMNS = `id, version, active, kind, clinic_id AS "clinicId", name, position::text`

/** A decision to close one clinic or all. Minutes are wall time since midnight; dates are `YYYY-MM-DD`. */
export interface ClosureRecord {
  id: string
  version: number
  /** Null: every clinic. */
  clinicId: string | null
  date: string
  lastDate: string
  start: number
  end: number
  reason: string
}

export type NewClosure = Omit<ClosureRecord, 'version'>

export const CLOSURE_COLUMNS = `
  id, version, clinic_id AS "clinicId", lower(dates)::text AS date, (upper(dates) - 1)::text AS "lastDate",
  lower(minutes) AS start, upper(minutes) AS "end", reason`

/** Whose public holidays a clinic keeps. */
export interface CalendarRecord {
  clinicId: string
  version: number
  country: string
  region: string | null
  language: string | null
  /** Holidays on which the clinic is open, `YYYY-MM-DD`. */
  worked: string[]
}

export type NewCalendar = Omit<CalendarRecord, 'version'>

export const CALENDAR_COLUMNS = `
  clinic_id AS "clinicId", version, country, region, language, worked::text[] AS worked`

/** An appointment as far as schedules care. Milliseconds since the epoch. */
export interface VisitRecord {
  id: string
  doctorId: string
  clinicId: string
  start: number
  end: number
}

export const VISIT_COLUMNS = `
  id, doctor_id AS "doctorId", clinic_id AS "clinicId",
  (extract(epoch FROM starts_at) * 1000)::float8 AS start, (extract(epoch FROM ends_at) * 1000)::float8 AS "end"`
