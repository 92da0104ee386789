import type pg from 'pg'

import type { Busy, Interval, WorkWindow } from '../domain/slots.ts'
import { listNotes, type WindowNote } from '../store/list-notes.ts'
import { listResourceBusy, type ResourceRole } from '../store/list-resource-busy.ts'
import { BESIDE_SECONDS, listWindows } from '../store/list-windows.ts'
import { createHolders, type Holders } from './holders.ts'
import { createRemembered, type Remembered } from './remembered.ts'
import { createWeekKeys, pairsOf, type Weeks, weeksOf } from './week-keys.ts'

export interface AvailabilityOptions {
  pool: pg.Pool
  /** Monotonic milliseconds. */
  monotonicMs: () => number
  /** What is older is read again behind the back of those who look, and before their eyes when it is twice that; milliseconds, default 60,000. */
  freshMs?: number
  /** Most weeks of doctors kept; default 60,000, some 150 MB. */
  most?: number
}

/**
 * The working windows of doctors with what is taken in them, and what is taken of rooms and devices, kept in memory week
 * by week. Times are Unix seconds.
 */
export interface Availability {
  /** The windows of the doctors that meet the interval, in no order. Weeks not known are read, all together. */
  windows: (doctorIds: readonly string[], interval: Interval) => Promise<WorkWindow[]>
  /** The windows of each doctor that begin in each week, sorted by start: week by week, in the order of the ids. */
  windowsOfWeeks: (doctorIds: readonly string[], weeks: Weeks) => Promise<readonly (readonly WorkWindow[])[]>
  /** What is taken of each resource and meets the interval, sorted by start, in the order of the ids. */
  taken: (role: ResourceRole, ids: readonly string[], interval: Interval) => Promise<Busy[][]>
  /** Why the doctors have no windows, of all of them together. */
  notes: (doctorIds: readonly string[]) => Promise<WindowNote[]>
  /** Who holds slots. */
  holders: Holders
  /** A visit with its buffers is taken now. */
  occupy: (doctorId: string, taken: Interval) => void
  /** What began then is free again: a doctor's visits do not overlap, so that the start says which. */
  release: (doctorId: string, start: number) => void
  /** A visit at that start was refused: what is kept here is read again, unless it knows that something is in the way. */
  refused: (doctorId: string, start: number) => void
  /** Something changed around the instant, or anywhere: the next look reads again. */
  forget: (doctorId: string, at?: number) => void
  /** The same for a room or a device. */
  forgetResource: (role: ResourceRole, id: string, at: number) => void
  forgetAll: () => void
}

type Week = WorkWindow[]

/**
 * Slot search reads far more often than anything changes: a week of a doctor is read once, which costs 0.1 ms of the
 * database, and then told of every change. What it says may be old by the way of a message; whoever books is decided by
 * the constraints all the same. What is told and does not fit what is known makes the week unknown.
 */
export function createAvailability(options: AvailabilityOptions): Availability {
  const { pool, monotonicMs, freshMs = 60_000, most = 60_000 } = options
  const { keysOf, keysAround } = createWeekKeys()
  const remember = <Value>(read: (ids: string[], weeks: number[]) => Promise<Value[]>) =>
    createRemembered({ read: (keys) => read(...pairsOf(keys)), monotonicMs, freshMs, most })
  const weeks = remember<Week>((ids, numbers) => listWindows(pool, ids, numbers))
  const resources: Record<ResourceRole, Remembered<Busy[]>> = {
    room: remember((ids, numbers) => listResourceBusy(pool, 'room', ids, numbers)),
    device: remember((ids, numbers) => listResourceBusy(pool, 'device', ids, numbers)),
  }

  const forgetDoctor = (doctorId: string) => {
    notes.forget(doctorId)
    for (const key of weeks.keys()) if (key.startsWith(`${doctorId}:`)) weeks.forget(key)
  }
  const notes = createRemembered<WindowNote[]>({
    read: (ids) => listNotes(pool, ids),
    ...{ monotonicMs, freshMs, most },
  })

  const holders = createHolders(pool, monotonicMs)

  return {
    holders,
    notes: async (doctorIds) => (await notes.look(doctorIds)).flat(),
    windows: async (doctorIds, interval) => {
      const known = await weeks.look(keysOf(doctorIds, weeksOf(interval)))
      const found: WorkWindow[] = []
      for (const windows of known)
        for (const window of windows) if (meets(window, interval)) found.push(window)
      return found
    },
    windowsOfWeeks: (doctorIds, range) => weeks.look(keysOf(doctorIds, range)),
    taken: async (role, ids, interval) => {
      const lists = await resources[role].look(keysOf(ids, weeksOf(interval)))
      const perId = ids.map((): Busy[] => [])
      for (const [index, list] of lists.entries())
        perId[index % ids.length]?.push(...list.filter((one) => meets(one, interval)))
      return perId
    },
    occupy: (doctorId, taken) => {
      for (const key of keysAround(doctorId, taken.start)) {
        if (weeks.peek(key)?.some((window) => isAtOdds(window, taken)) === true) weeks.forget(key)
        else weeks.change(key, (windows) => windows.forEach((window) => insert(window, taken)))
      }
    },
    release: (doctorId, start) => {
      for (const key of keysAround(doctorId, start)) {
        // Booked under other rules than those of now, and so from another start on.
        if (weeks.peek(key)?.some((window) => isInside(window, start) && !begins(window, start)) === true)
          weeks.forget(key)
        else weeks.change(key, (windows) => windows.forEach((window) => remove(window, start)))
      }
    },
    refused: (doctorId, start) => {
      const keys = keysAround(doctorId, start)
      // In a storm thousands are refused for one slot that everybody knows to be taken.
      if (!keys.some((key) => weeks.peek(key)?.some((window) => isTaken(window, start)) === true))
        keys.forEach(weeks.forget)
    },
    forget: (doctorId, at) => {
      if (at !== undefined) keysAround(doctorId, at).forEach(weeks.forget)
      else forgetDoctor(doctorId)
    },
    forgetResource: (role, id, at) => keysAround(id, at).forEach(resources[role].forget),
    forgetAll: () => {
      for (const remembered of [weeks, notes, resources.room, resources.device, holders])
        remembered.forgetAll()
    },
  }
}

const meets = (one: Interval, { start, end }: Interval) => one.start < end && one.end > start

/** Near enough to a window to be in its list. */
const isNear = ({ start, end }: WorkWindow, taken: Interval) =>
  taken.start < end + BESIDE_SECONDS && taken.end > start - BESIDE_SECONDS

const isInside = ({ start, end }: WorkWindow, at: number) => start <= at && at < end

const begins = ({ busy }: WorkWindow, at: number) => busy.some(({ start }) => start === at)

const isTaken = ({ busy }: WorkWindow, at: number) => busy.some(({ start, end }) => start <= at && at < end)

/** Something else is known to be where this is said to be. */
const isAtOdds = ({ busy }: WorkWindow, taken: Interval) =>
  busy.some((one) => meets(one, taken) && !(one.start === taken.start && one.end === taken.end))

/** Into the window's list, in order, unless it is there already. */
function insert(window: WorkWindow, taken: Interval): void {
  const { busy } = window
  if (!isNear(window, taken) || begins(window, taken.start)) return
  busy.splice(busy.findLastIndex((one) => one.start < taken.start) + 1, 0, { ...taken })
}

function remove({ busy }: WorkWindow, start: number): void {
  const index = busy.findIndex((one) => one.start === start)
  if (index >= 0) busy.splice(index, 1)
}
