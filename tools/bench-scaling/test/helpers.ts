import type { Figures } from '../src/measure/recording.ts'
import type { Code, Measured } from '../src/origin.ts'
import type { Lane, Setting, TraceName } from '../src/plan.ts'
import type { Result } from '../src/report/rows.ts'

export const figures = (overrides: Partial<Figures> = {}): Figures => ({
  ...{ messages: 3_000, p50: 1, p95: 2, p99: 3, late: 0, firstAsked: 0.1, firstReady: 1, drain: 8 },
  ...{ podSeconds: 300, cost: 4, over: 200, under: 90, peak: 20, reversals: 1 },
  ...{ redelivered: 0, lost: 0, doubled: 0, disordered: 0, questionsPerSecond: 0.2, cpuSeconds: 2 },
  ...{ peakMegabytes: 90, busySeconds: 3, publisherLag: 0 },
  ...overrides,
})

export interface Given {
  trace?: TraceName
  lane?: Lane
  setting?: Setting
  phase?: number
}

export const result = (
  { trace = 'flash', lane = 'medqueue', setting = 'defaults', phase = 0 }: Given,
  own: Partial<Figures> = {},
): Result => ({ run: { trace, lane, setting, phase }, figures: figures(own) })

export const CODE: Code = { operator: 'aaaa', worker: 'bbbb', bench: 'cccc', commit: 'v1-2-g1234567' }

/** A run of one message that began at a minute of the sitting, which began at the hour. */
export const measured = (given: Given, { hour = 8, minute = 0, code = CODE } = {}): Measured => {
  const at = (minutes: number, seconds = 0) =>
    new Date(Date.UTC(2026, 0, 2, hour, minutes, seconds)).toISOString()
  return {
    ...result(given),
    recording: {
      ...{ published: [0], done: [1], doubled: 0, redelivered: 0, disordered: 0 },
      ...{ asked: [{ at: 0.5, value: 1 }], ready: [{ at: 0.8, value: 1 }], questions: 2 },
      ...{ cpuSeconds: 0.5, peakMegabytes: 100, busySeconds: 1, publisherLag: 0 },
    },
    origin: { sitting: at(0), began: at(minute), started: at(minute, 10), ended: at(minute + 2), code },
  }
}
