/*
 * Writes the golden files anew: `node services/scheduling/test/domain/golden/make.ts`, where `date` is GNU's and the
 * system has time zone data. It asks `date` what the clocks of a zone read at every minute of the 53 weeks, and each
 * minute whether the doctor works then; nothing of the product is used. The files are kept, so that tests need neither.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import { FIRST, GOLDEN_ZONES, type GoldenRota, type GoldenZone, LAST, rotasOf } from './cases.ts'

const MINUTE = 60
const DAY = 86_400

interface Reading {
  /** Unix seconds. */
  instant: number
  date: string
  weekday: number
  /** Since midnight. */
  minute: number
  offset: string
  /** The clocks have read this before. */
  repeated: boolean
}

function readingsOf(zone: string): Reading[] {
  const [first, last] = [Date.parse(FIRST) / 1_000 - 2 * DAY, Date.parse(LAST) / 1_000 + 3 * DAY]
  const minutes = Array.from({ length: (last - first) / MINUTE }, (_, index) => first + index * MINUTE)
  const { stdout } = spawnSync('date', ['-f', '-', '+%s %F %u %H %M %:z'], {
    input: minutes.map((instant) => `@${instant}`).join('\n'),
    env: { TZ: zone, LC_ALL: 'C', PATH: process.env.PATH },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const seen = new Set<string>()
  const lines = stdout.trim().split('\n')
  return lines.map((line) => {
    const [instant, date = '', weekday, hours = '', minute = '', offset = ''] = line.split(' ')
    const wall = `${date} ${hours} ${minute}`
    const repeated = seen.has(wall)
    seen.add(wall)
    const since = Number(hours) * 60 + Number(minute)
    return { instant: Number(instant), date, weekday: Number(weekday), minute: since, offset, repeated }
  })
}

function works({ rows, except, said }: GoldenRota, { date, weekday, minute, repeated }: Reading): boolean {
  const inside = (times: { start: number; end: number }) => times.start <= minute && minute < times.end
  if (repeated) return false
  const latest = said.findLast((one) => one.date === date && inside(one))
  if (latest !== undefined) return latest.kind === 'open'
  if (date < FIRST || date > LAST || except.includes(date)) return false
  return rows.some((row) => row.weekday === weekday && inside(row))
}

const two = (value: number) => String(value).padStart(2, '0')
const utc = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 16) + 'Z'

/** The clocks at the last minute of a window go on by one, whatever they do then. */
function afterwards({ minute, offset }: Reading): string {
  return `${two(Math.floor((minute + 1) / 60))}:${two((minute + 1) % 60)}${offset}`
}

function linesOf(rota: GoldenRota, readings: readonly Reading[]): string[] {
  const lines: string[] = []
  let first: Reading | undefined
  readings.forEach((reading, index) => {
    if (!works(rota, reading)) return
    first ??= reading
    const next = readings[index + 1]
    if (next !== undefined && works(rota, next)) return
    const end = reading.instant + MINUTE
    const begin = `${first.date} ${two(Math.floor(first.minute / 60))}:${two(first.minute % 60)}${first.offset}`
    const length = String((end - first.instant) / MINUTE).padStart(3)
    lines.push(`${utc(first.instant)} ${utc(end)} ${length} min: ${begin} to ${afterwards(reading)}`)
    first = undefined
  })
  return lines
}

function textOf(golden: GoldenZone): string {
  const readings = readingsOf(golden.zone)
  const parts = rotasOf(golden).map((rota) => [`[${rota.name}]`, ...linesOf(rota, readings), ''].join('\n'))
  return `# ${golden.zone}: windows in UTC, their length, and what the clocks read then\n${parts.join('')}`
}

for (const golden of GOLDEN_ZONES) {
  writeFileSync(new URL(`${golden.zone.replace('/', '-')}.txt`, import.meta.url), textOf(golden))
}
