import { appointmentView } from '../api/views.ts'
import { formatInstant } from '../domain/instants.ts'
import type { Interval } from '../domain/slots.ts'
import { listClinics } from '../store/list-clinics.ts'
import { type GridRow, listVisitsOfDoctors, listVisitsOfResources } from '../store/list-grid-visits.ts'
import { type HoursRow, listHours } from '../store/list-hours.ts'
import { listNamedDoctors } from '../store/list-named-doctors.ts'
import { listNames } from '../store/list-names.ts'
import { listResources } from '../store/list-resources.ts'
import { MOST_COLUMNS, MOST_VISITS, type ViewDeps, within } from './reader.ts'
import type { Grid, GridColumn } from './schemas.ts'

export interface GridAsk {
  by: Grid['by']
  range: Interval
  clinicId: string | undefined
  /** Only this doctor's visits. */
  doctorId: string | undefined
}

/** Columns of a day, a week or a month. Throws BOOKING_GRID_TOO_LARGE. */
export async function readGrid(deps: ViewDeps, ask: GridAsk): Promise<Grid> {
  const columns = await READERS[ask.by](deps, ask)
  const services = new Set(columns.flatMap(({ visits }) => visits.map(({ serviceId }) => serviceId)))
  const names = await listNames(deps.pool, { doctors: [], services, resources: [] })
  return {
    by: ask.by,
    from: formatInstant(ask.range.start),
    to: formatInstant(ask.range.end),
    columns,
    services: names.services
      .entries()
      .map(([id, name]) => ({ id, name }))
      .toArray(),
  }
}

type Reader = (deps: ViewDeps, ask: GridAsk) => Promise<GridColumn[]>

const READERS: Record<Grid['by'], Reader> = { doctor: byDoctor, room: byRoom, clinic: byClinic }

async function byDoctor(deps: ViewDeps, { range, clinicId, doctorId }: GridAsk): Promise<GridColumn[]> {
  const { pool } = deps
  const found = await listNamedDoctors(pool, { doctorId, clinicId, limit: MOST_COLUMNS + 1 })
  const doctorIds = within(found, MOST_COLUMNS).map(({ id }) => id)
  const [visits, hours] = await Promise.all([
    visitsOf(deps, { range, doctorIds, clinicIds: clinicsOf(deps, clinicId) }),
    listHours(pool, doctorIds, range),
  ])
  const there = hours.filter(({ clinic_id: at }) => clinicId === undefined || at === null || at === clinicId)
  return found.map((doctor) => ({
    ...{ id: doctor.id, name: doctor.name },
    ...hoursView(there.filter(({ doctor_id: id }) => id === doctor.id)),
    visits: visits.get(doctor.id) ?? [],
  }))
}

async function byRoom({ pool }: ViewDeps, ask: GridAsk): Promise<GridColumn[]> {
  const { range, clinicId = '', doctorId } = ask
  const found = within(await listResources(pool, clinicId, MOST_COLUMNS + 1), MOST_COLUMNS)
  const resourceIds = found.map(({ id }) => id)
  const limit = MOST_VISITS + 1
  const rows = await listVisitsOfResources(pool, { range, resourceIds, doctorId, limit })
  const visits = Map.groupBy(within(rows, MOST_VISITS), ({ resource_id: id }) => id)
  return found.map(({ id, name, kind }) => ({
    ...{ id, name, kind, hours: [], notes: [] },
    visits: (visits.get(id) ?? []).map(visitView),
  }))
}

async function byClinic(deps: ViewDeps, { range, clinicId, doctorId }: GridAsk): Promise<GridColumn[]> {
  const { pool, catalogue } = deps
  // Whoever has visits there, also those who do not work there any more.
  const doctorIds = doctorId === undefined ? catalogue().doctors.keys().toArray() : [doctorId]
  const found = await listClinics(pool, clinicId === undefined ? undefined : [clinicId])
  const clinicIds = within(found, MOST_COLUMNS).map(({ id }) => id)
  const limit = MOST_VISITS + 1
  const [rows, hours] = await Promise.all([
    listVisitsOfDoctors(pool, { range, doctorIds, clinicIds, limit }),
    listHours(pool, doctorIds, range),
  ])
  const visits = Map.groupBy(within(rows, MOST_VISITS), ({ clinic_id: id }) => id)
  return found.map(({ id, name }) => ({
    ...{ id, name },
    ...hoursView(hours.filter(({ clinic_id: at }) => at === id)),
    visits: (visits.get(id) ?? []).map(visitView),
  }))
}

const clinicsOf = ({ catalogue }: ViewDeps, clinicId: string | undefined) =>
  clinicId === undefined ? catalogue().clinics.keys().toArray() : [clinicId]

/** Visits by doctor. */
async function visitsOf(
  { pool }: ViewDeps,
  filter: { range: Interval; doctorIds: readonly string[]; clinicIds: readonly string[] },
) {
  const rows = await listVisitsOfDoctors(pool, { ...filter, limit: MOST_VISITS + 1 })
  const views = within(rows, MOST_VISITS).map(visitView)
  return Map.groupBy(views, ({ doctorId }) => doctorId)
}

function visitView(row: GridRow): GridColumn['visits'][number] {
  return {
    ...appointmentView(row),
    busyFrom: formatInstant(Number(row.busy_from)),
    busyTo: formatInstant(Number(row.busy_to)),
  }
}

function hoursView(rows: readonly HoursRow[]): Pick<GridColumn, 'hours' | 'notes'> {
  const view = ({ doctor_id, clinic_id, starts, ends }: HoursRow) => ({
    ...{ doctorId: doctor_id, start: formatInstant(Number(starts)), end: formatInstant(Number(ends)) },
    ...(clinic_id === null ? {} : { clinicId: clinic_id }),
  })
  return {
    hours: rows
      .filter(({ reason }) => reason === null)
      .map((row) => ({ ...view(row), clinicId: row.clinic_id ?? '' })),
    notes: rows.flatMap((row) => (row.reason === null ? [] : [{ ...view(row), reason: row.reason }])),
  }
}
