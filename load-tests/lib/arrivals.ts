import { csvFields } from './csv.ts'
import { LoadError } from './errors.ts'

/** One request as it once was. Times are wall-clock times without a zone, as Unix milliseconds in UTC. */
export interface PastRequest {
  /** When it was made. */
  at: number
  /** Midnight of the day it was for. */
  day: number
  neighbourhood: string
  patient: string
}

/** One request of the replay. */
export interface Arrival {
  /** Milliseconds after the start. */
  at: number
  neighbourhood: string
  /** Midnight of the day, as Unix milliseconds in UTC. */
  day: number
  /** Number of the patient, from 0, in the order in which patients first come. */
  patient: number
}

export interface Rhythm {
  /** Milliseconds that the arrivals may take; not looked at when there is a speed-up. */
  within: number
  speedup?: number | undefined
  /** The first day on which anybody may be booked, as midnight in UTC. */
  firstDay: number
}

export interface Replay {
  arrivals: Arrival[]
  speedup: number
  /** From the first to the last arrival, sped up; milliseconds. */
  length: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Longest silence that is kept: nights, weekends and the thin beginning of the data would take most of the time. */
const LONGEST_SILENCE = HOUR

const COLUMNS = ['ScheduledDay', 'AppointmentDay', 'Neighbourhood', 'PatientId'] as const

/** Reads the CSV. Throws LOAD_DATA, naming the line, for what it cannot understand. */
export function readRequests(csv: string): PastRequest[] {
  const [head = '', ...lines] = csv.split(/\r?\n/)
  const names = csvFields(head)
  const [scheduled, day, neighbourhood, patient] = COLUMNS.map((name) => columnOf(names, name))
  return lines.flatMap((line, index) => {
    if (line === '') return []
    const fields = csvFields(line)
    const field = (column = -1) => fields[column] ?? ''
    const request = {
      at: Date.parse(`${field(scheduled).trim().replace(' ', 'T').replace(/Z?$/, '')}Z`),
      day: Date.parse(`${field(day).slice(0, 10)}T00:00:00Z`),
      neighbourhood: field(neighbourhood),
      patient: field(patient),
    }
    if (Number.isFinite(request.at) && Number.isFinite(request.day)) return [request]
    throw new LoadError('LOAD_DATA', `Line ${index + 2} of the data has no time that can be read.`)
  })
}

function columnOf(names: readonly string[], name: string): number {
  const index = names.indexOf(name)
  if (index >= 0) return index
  throw new LoadError('LOAD_DATA', `The data has no column ${name}.`)
}

/**
 * Puts past requests on a new time line: in their order, with their gaps in proportion but none longer than an hour,
 * sped up. Days move into the future by whole weeks, so weekdays and the days between asking and visit stay.
 */
export function replayOf(requests: readonly PastRequest[], rhythm: Rhythm): Replay {
  const ordered = requests.toSorted((a, b) => a.at - b.at)
  const offsets = compress(ordered.map(({ at }) => at))
  const total = offsets.at(-1) ?? 0
  const speedup = rhythm.speedup ?? Math.max(1, total / rhythm.within)
  const earliest = Math.min(...chunkMinima(ordered.map(({ day }) => day)))
  const weeks = Math.ceil((rhythm.firstDay - earliest) / (7 * DAY))
  const patients = new Map<string, number>()
  const arrivals = ordered.map(({ day, neighbourhood, patient }, index) => {
    if (!patients.has(patient)) patients.set(patient, patients.size)
    return {
      at: Math.round((offsets[index] ?? 0) / speedup),
      neighbourhood,
      day: day + weeks * 7 * DAY,
      patient: patients.get(patient) ?? 0,
    }
  })
  return { arrivals, speedup, length: total / speedup }
}

/** Times from 0, with long silences cut. */
function compress(times: readonly number[]): number[] {
  let offset = 0
  return times.map((time, index) => {
    offset += Math.min(LONGEST_SILENCE, time - (times[index - 1] ?? time))
    return offset
  })
}

/** Minima of parts, because a call takes only so many arguments. */
function chunkMinima(values: readonly number[]): number[] {
  const parts = Array.from({ length: Math.ceil(values.length / 10_000) }, (_, i) =>
    values.slice(i * 10_000, (i + 1) * 10_000),
  )
  return parts.map((part) => Math.min(...part))
}
