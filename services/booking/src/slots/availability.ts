import type pg from 'pg'

import { type AppointmentEvent, isActive, namesOf } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'

import type { Interval, WorkWindow } from '../domain/slots.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { BEHIND_SECONDS, listWindows, WEEK } from '../store/list-windows.ts'

export interface AvailabilityOptions {
  pool: pg.Pool
  /** Monotonic milliseconds. */
  monotonicMs: () => number
  /** Longest a week is believed without being read again; milliseconds, default 60,000. */
  freshMs?: number
  /** Most weeks of doctors kept; default 20,000, some 50 MB. */
  most?: number
}

/** The working windows of doctors with what is taken in them, kept in memory week by week. Times are Unix seconds. */
export interface Availability {
  /** The windows of the doctors that meet the interval, in no order. Weeks not known are read, all in one query. */
  windows: (doctorIds: readonly string[], interval: Interval) => Promise<WorkWindow[]>
  /** A visit with its buffer is taken now. */
  occupy: (doctorId: string, taken: Interval) => void
  /** What began then is free again: a doctor's visits do not overlap, so that the start says which. */
  release: (doctorId: string, start: number) => void
  /** A visit at that start was refused: what is kept here is read again, unless it knows that something is in the way. */
  refused: (doctorId: string, start: number) => void
  /** Something changed around the instant, or anywhere: the next look reads again. */
  forget: (doctorId: string, at?: number) => void
  forgetAll: () => void
}

interface Week {
  at: number
  /** The promise while it is being read. */
  windows: readonly WorkWindow[] | Promise<readonly WorkWindow[]>
}

interface Missing {
  doctorIds: string[]
  weeks: number[]
  settle: PromiseWithResolvers<readonly WorkWindow[]>[]
}

const DAY = 86_400

/**
 * Slot search reads far more often than anything changes: a week of a doctor is read once, which costs 0.2 ms of the
 * database, and then told of every change. What it says may be old by the way of a message; whoever books is decided by
 * the constraints all the same.
 *
 *   unknown --look--> reading --> known --occupy | release--> known --forget | age--> unknown
 *   (a change while it is being read: those who wait get what was read, nobody after them)
 */
export function createAvailability(options: AvailabilityOptions): Availability {
  const { pool, monotonicMs, freshMs = 60_000, most = 20_000 } = options
  const known: Known = new Map()

  const look = (doctorId: string, week: number, missing: Missing): Week['windows'] => {
    const key = keyOf(doctorId, week)
    const now = monotonicMs()
    const found = known.get(key)
    if (found !== undefined && now - found.at <= freshMs) return found.windows
    const reading = Promise.withResolvers<readonly WorkWindow[]>()
    const entry: Week = { at: now, windows: reading.promise }
    known.delete(key) // To its place at the end: the oldest are dropped first.
    known.set(key, entry)
    reading.promise.then(
      (windows) => (entry.windows = windows),
      () => known.get(key) === entry && known.delete(key),
    )
    missing.doctorIds.push(doctorId)
    missing.weeks.push(week)
    missing.settle.push(reading)
    return reading.promise
  }

  return {
    windows: async (doctorIds, { start, end }) => {
      const missing: Missing = { doctorIds: [], weeks: [], settle: [] }
      const looks: Week['windows'][] = []
      // A window is shorter than a day: those that meet the interval start less than a day before it.
      for (let week = weekOf(start - DAY); week <= weekOf(end - 1); week++)
        for (const doctorId of doctorIds) looks.push(look(doctorId, week, missing))
      if (missing.weeks.length > 0) void read(pool, missing)
      dropOldest(known, most)
      const meets = (window: WorkWindow) => window.start < end && window.end > start
      const found: WorkWindow[] = []
      for (const windows of looks) {
        const ready = windows instanceof Promise ? await windows : windows
        for (const window of ready) if (meets(window)) found.push(window)
      }
      return found
    },
    occupy: (doctorId, taken) => {
      change(known, doctorId, taken.start, (window) => insert(window, taken))
    },
    release: (doctorId, start) => {
      change(known, doctorId, start, ({ busy }) => {
        const index = busy.findIndex((one) => one.start === start)
        if (index >= 0) busy.splice(index, 1)
      })
    },
    refused: (doctorId, start) => {
      const keys = keysAround(doctorId, start)
      // In a storm thousands are refused for one slot that everybody knows to be taken.
      if (!keys.values().some((key) => isTaken(known.get(key), start)))
        for (const key of keys) known.delete(key)
    },
    forget: (doctorId, at) => {
      if (at === undefined) forgetDoctor(known, doctorId)
      else for (const key of keysAround(doctorId, at)) known.delete(key)
    },
    forgetAll: () => known.clear(),
  }
}

const keyOf = (doctorId: string, week: number) => `${doctorId}:${week}`
const weekOf = (seconds: number) => Math.floor(seconds / WEEK)

/** A visit belongs to the window it is in, which may have begun the day before, and its buffer may reach the next. */
const keysAround = (doctorId: string, at: number) =>
  new Set([at - DAY, at, at + DAY].map((time) => keyOf(doctorId, weekOf(time))))

type Known = Map<string, Week>

function isTaken(week: Week | undefined, at: number): boolean {
  if (week === undefined || week.windows instanceof Promise) return false
  return week.windows.some(({ busy }) => busy.some(({ start, end }) => start <= at && at < end))
}

function change(known: Known, doctorId: string, at: number, apply: (window: WorkWindow) => void): void {
  for (const key of keysAround(doctorId, at)) {
    const windows = known.get(key)?.windows
    // What is being read may or may not have the change in it.
    if (windows instanceof Promise) known.delete(key)
    else windows?.forEach(apply)
  }
}

/** Into the window's list, in order, unless it is there already. */
function insert({ start, end, busy }: WorkWindow, taken: Interval): void {
  if (taken.start >= end + BEHIND_SECONDS || taken.end <= start) return
  const after = busy.findLastIndex((one) => one.start <= taken.start)
  if (busy[after]?.start !== taken.start) busy.splice(after + 1, 0, taken)
}

function forgetDoctor(known: Known, doctorId: string): void {
  for (const key of known.keys()) if (key.startsWith(`${doctorId}:`)) known.delete(key)
}

function dropOldest(known: Known, most: number): void {
  for (const key of known.keys()) {
    if (known.size <= most) return
    known.delete(key)
  }
}

async function read(pool: pg.Pool, { doctorIds, weeks, settle }: Missing): Promise<void> {
  try {
    const read = await listWindows(pool, doctorIds, weeks)
    for (const [index, { resolve }] of settle.entries()) resolve(read[index] ?? [])
  } catch (error) {
    for (const { reject } of settle) reject(error)
  }
}

export interface FollowOptions {
  availability: Availability
  /** For the buffers of visits. */
  catalogue: () => Catalogue
  broker: Broker
  logger: Log
  prefix: string
}

/** Core NATS subject, without prefix, on which the replica that has written new windows tells all of them. */
export const WINDOWS_CHANGED = 'booking.windows.changed'

/** Tells the availability what changes elsewhere: appointments decided or changed, windows written. */
export function followChanges(options: FollowOptions): { stop: () => void } {
  const { availability, broker, logger, prefix } = options
  const { subject } = namesOf(prefix)
  const appointments = broker.nc.subscribe(subject('appointment.>'), {
    callback: (error, message) => {
      if (error !== null) logger.warn({ err: error }, 'Following of appointments failed')
      else apply(options, message.json<{ data?: Partial<AppointmentEvent> }>().data ?? {})
    },
  })
  const windows = broker.nc.subscribe(subject(WINDOWS_CHANGED), {
    callback: (error, message) => {
      if (error === null) availability.forget(message.string())
    },
  })
  void (async () => {
    // What was said while the connection was away is not heard.
    for await (const { type } of broker.nc.status()) if (type === 'reconnect') availability.forgetAll()
  })()
  return {
    stop: () => {
      appointments.unsubscribe()
      windows.unsubscribe()
    },
  }
}

const secondsOf = (instant: string) => Math.floor(Date.parse(instant) / 1_000)

/** What an event says of a doctor's time. A refusal says nothing; an event without times is left to the age limit. */
function apply(options: FollowOptions, event: Partial<AppointmentEvent>): void {
  const { doctorId, start, status, previous, sessionId } = event
  if (doctorId === undefined || start === undefined || status === undefined || status === 'refused') return
  const { availability } = options
  if (previous !== undefined) availability.forget(previous.doctorId, secondsOf(previous.start))
  // Of a session the others stay; how many is for the record to say.
  if (sessionId !== undefined || previous !== undefined) availability.forget(doctorId, secondsOf(start))
  else applyTime(options, { ...event, doctorId, start, status })
}

type Told = Partial<AppointmentEvent> & Pick<AppointmentEvent, 'doctorId' | 'start' | 'status'>

function applyTime({ availability, catalogue }: FollowOptions, event: Told): void {
  const { doctorId, serviceId = '', start, end, status } = event
  const { bufferBefore = 0, bufferAfter = 0 } = catalogue().services.get(serviceId) ?? {}
  const at = secondsOf(start)
  if (!isActive(status)) availability.release(doctorId, at - bufferBefore)
  else if (typeof end === 'string')
    availability.occupy(doctorId, { start: at - bufferBefore, end: secondsOf(end) + bufferAfter })
}
