/** How much is done. The defaults are for every day; the figures to publish are made with more. */
export interface Settings {
  /** Times that workers are taken away under load. */
  scaleDowns: number
  /** Times that the operator's leader is killed or paused. */
  leaders: number
  /** Times that a pool is woken from zero. */
  wakes: number
  /** Bookings a second while something is disturbed. */
  rate: number
}

/** Reads E2E_SCALE_DOWNS, E2E_LEADERS, E2E_WAKES, E2E_RATE. Throws RangeError with a sentence. */
export function settingsOf(env: NodeJS.ProcessEnv): Settings {
  return {
    scaleDowns: count(env, 'E2E_SCALE_DOWNS', 20),
    leaders: count(env, 'E2E_LEADERS', 3),
    wakes: count(env, 'E2E_WAKES', 20),
    rate: count(env, 'E2E_RATE', 30),
  }
}

const MOST = 1_000

function count(env: NodeJS.ProcessEnv, name: string, usual: number): number {
  const text = env[name] ?? ''
  const value = text === '' ? usual : Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value
  throw new RangeError(`${name} must be a whole number from 1 to ${MOST}, not ${text}.`)
}
