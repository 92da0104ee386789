import { LoadError } from './errors.ts'

export const SCENARIOS = ['journey', 'hot-slots', 'replay', 'soak', 'flash'] as const
export type Scenario = (typeof SCENARIOS)[number]

/** What to run. Seconds, unless said otherwise. */
export interface Plan {
  scenario: Scenario
  /** Virtual patients. */
  vus: number
  /** How long they take to arrive. */
  ramp: number
  /** How long all of them stay. */
  hold: number
  /** Average pause of one patient between two requests. */
  pause: number
  /** CSV of arrivals, when one was named. */
  data: string | undefined
  /** How many times faster than life arrivals are replayed; undefined fits them into the time. */
  speedup: number | undefined
  /** Slots that are fought for. */
  slots: number
  /** Whether everybody goes through the waiting room, where the scenario has one. */
  room: boolean
  /** Base URLs instead of those of the running platform. */
  urls: string[] | undefined
}

interface Defaults {
  vus: number
  ramp: number
  hold: number
  /** Requests a second of all patients together. */
  rate: number
}

const DEFAULTS: Record<Scenario, Defaults> = {
  journey: { vus: 20_000, ramp: 50, hold: 75, rate: 1_070 },
  'hot-slots': { vus: 20_000, ramp: 20, hold: 20, rate: 4_000 },
  replay: { vus: 600, ramp: 0, hold: 180, rate: 600 },
  soak: { vus: 500, ramp: 20, hold: 600, rate: 100 },
  flash: { vus: 20_000, ramp: 10, hold: 600, rate: 1_000 },
}

/** Understands SCENARIO, VUS, DURATION, RAMP, RATE, DATA, SPEEDUP, SLOTS, ROOM, BOOKING_URLS. Throws LOAD_SETTINGS. */
export function planOf(env: NodeJS.ProcessEnv): Plan {
  const scenario = scenarioOf(env.SCENARIO)
  const defaults = DEFAULTS[scenario]
  const vus = wholeNumber(env, 'VUS', defaults.vus)
  const rate = positive(env, 'RATE', (defaults.rate * vus) / defaults.vus)
  return {
    scenario,
    vus,
    ramp: seconds(env, 'RAMP', defaults.ramp),
    hold: seconds(env, 'DURATION', defaults.hold),
    pause: vus / rate,
    data: given(env.DATA),
    speedup: given(env.SPEEDUP) === undefined ? undefined : positive(env, 'SPEEDUP', 1),
    slots: wholeNumber(env, 'SLOTS', Math.max(1, Math.round(vus / 10))),
    room: scenario === 'flash' && given(env.ROOM) !== 'off',
    urls: given(env.BOOKING_URLS)
      ?.split(',')
      .map((url) => url.trim().replace(/\/$/, '')),
  }
}

function scenarioOf(name = 'journey'): Scenario {
  const found = SCENARIOS.find((scenario) => scenario === (name === '' ? 'journey' : name))
  if (found !== undefined) return found
  throw new LoadError('LOAD_SETTINGS', `There is no scenario ${name}: choose one of ${SCENARIOS.join(', ')}.`)
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}

function positive(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(given(env[name]) ?? otherwise)
  if (Number.isFinite(value) && value > 0) return value
  throw new LoadError('LOAD_SETTINGS', `${name} must be a number above 0, not ${env[name] ?? ''}.`)
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = positive(env, name, otherwise)
  if (Number.isSafeInteger(value)) return value
  throw new LoadError('LOAD_SETTINGS', `${name} must be a whole number, not ${value}.`)
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

/** `90`, `90s`, `10m` and `8h`. */
function seconds(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = given(env[name])
  if (text === undefined) return otherwise
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text) ?? []
  if (amount !== undefined) return Number(amount) * (UNITS[unit] ?? 1)
  throw new LoadError('LOAD_SETTINGS', `${name} must be a time such as 90s or 10m, not ${text}.`)
}
