/*
 * What the golden files are about, as plain data: the zones with the dates of their clock changes, and the rotas.
 * The year is over, so that no later change of time zone rules makes a file wrong.
 */

/** The first Monday, and the last Sunday of 53 weeks. */
export const FIRST = '2018-01-01'
export const LAST = '2019-01-06'

export interface GoldenZone {
  zone: string
  /** Dates on whose night the clocks change; where they never do, two ordinary ones. */
  changes: readonly string[]
  /** ISO weekdays on whose evening a night begins. */
  nights: readonly number[]
}

const SATURDAY = [6]

export const GOLDEN_ZONES: readonly GoldenZone[] = [
  { zone: 'Europe/Paris', changes: ['2018-03-25', '2018-10-28'], nights: SATURDAY },
  { zone: 'America/New_York', changes: ['2018-03-11', '2018-11-04'], nights: SATURDAY },
  { zone: 'America/Sao_Paulo', changes: ['2018-02-18', '2018-11-04'], nights: SATURDAY },
  { zone: 'Australia/Lord_Howe', changes: ['2018-04-01', '2018-10-07'], nights: SATURDAY },
  { zone: 'Asia/Kathmandu', changes: ['2018-03-25', '2018-10-28'], nights: SATURDAY },
  { zone: 'Africa/Casablanca', changes: ['2018-03-25', '2018-05-13', '2018-06-17'], nights: SATURDAY },
  { zone: 'Pacific/Auckland', changes: ['2018-04-01', '2018-09-30'], nights: SATURDAY },
  { zone: 'Asia/Tehran', changes: ['2018-03-22', '2018-09-22'], nights: [3, 5] },
  { zone: 'America/St_Johns', changes: ['2018-03-11', '2018-11-04'], nights: SATURDAY },
]

/** One weekly shift, in minutes of wall time. */
export interface GoldenRow {
  weekday: number
  start: number
  end: number
}

export interface GoldenRota {
  name: string
  rows: readonly GoldenRow[]
  /** The rows come by a rule of RFC 5545 instead of by weekday; it names the same days. */
  byRule: boolean
  /** Dates on which the rows do not come. */
  except: readonly string[]
  /** Said of dates, the later counts. */
  said: readonly { kind: 'closed' | 'open'; date: string; start: number; end: number }[]
}

const at = (hours: number, minutes = 0) => hours * 60 + minutes

/** Office hours, nights over the change of clocks, and nights by a rule with exceptions on the dates of the changes. */
export function rotasOf({ changes, nights }: GoldenZone): readonly GoldenRota[] {
  const mornings = nights.map((weekday) => (weekday % 7) + 1)
  const evening = nights.map((weekday) => ({ weekday, start: at(22, 30), end: at(24) }))
  const morning = mornings.map((weekday) => ({ weekday, start: 0, end: at(3, 30) }))
  const long = mornings.map((weekday) => ({ weekday, start: 0, end: at(6) }))
  const plain = { byRule: false, except: [], said: [] }
  return [
    { name: 'office', rows: [{ weekday: 1, start: at(9), end: at(17) }], ...plain },
    { name: 'night', rows: [...evening, ...morning], ...plain },
    {
      ...{ name: 'exceptions', rows: long, byRule: true, except: ['2018-08-05', '2018-08-11'] },
      said: changes.flatMap((date) => [
        { kind: 'closed' as const, date, start: at(0, 15), end: at(2, 45) },
        { kind: 'open' as const, date, start: at(1, 45), end: at(2, 15) },
      ]),
    },
  ]
}
