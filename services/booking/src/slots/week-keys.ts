import type { Interval } from '../domain/slots.ts'
import { WEEK } from '../store/list-windows.ts'

/** A window, or a visit with its buffers, is shorter; seconds. */
const DAY = 86_400

/** Weeks by number, both in it. */
export interface Weeks {
  first: number
  last: number
}

/** The names under which the weeks of doctors and resources are remembered. */
export interface WeekKeys {
  /** Week by week, in the order of the ids. */
  keysOf: (ids: readonly string[], weeks: Weeks) => string[]
  /** A visit belongs to the window it is in, which may have begun the day before, and its buffers may reach others. */
  keysAround: (id: string, at: number) => string[]
}

export const weekOf = (seconds: number): number => Math.floor(seconds / WEEK)

/** The weeks in which what meets an interval begins: less than a day before it, or in it. */
export const weeksOf = ({ start, end }: Interval): Weeks => ({
  first: weekOf(start - DAY),
  last: weekOf(end - 1),
})

/** The ids and the weeks that keys name. */
export function pairsOf(keys: readonly string[]): [ids: string[], weeks: number[]] {
  const pairs = keys.map((key) => key.split(':'))
  return [pairs.map(([id = '']) => id), pairs.map(([, week]) => Number(week))]
}

/** Names kept; they can always be made again. */
const MOST = 200_000

/** Makes each name once: making and hashing three thousand takes a millisecond of every month. */
export function createWeekKeys(): WeekKeys {
  const known = new Map<number, Map<string, string>>()
  let made = 0
  const keysIn = (week: number, ids: readonly string[]) => {
    if (made > MOST) {
      known.clear()
      made = 0
    }
    const names = known.get(week) ?? new Map<string, string>()
    known.set(week, names)
    const make = (id: string) => {
      const name = `${id}:${week}`
      names.set(id, name)
      made++
      return name
    }
    return ids.map((id) => names.get(id) ?? make(id))
  }
  return {
    keysOf: (ids, { first, last }) =>
      Array.from({ length: last - first + 1 }, (_, n) => keysIn(first + n, ids)).flat(),
    keysAround: (id, at) => {
      const [first, last] = [weekOf(at - DAY), weekOf(at + DAY)]
      return (first === last ? [first] : [first, last]).flatMap((week) => keysIn(week, [id]))
    },
  }
}
