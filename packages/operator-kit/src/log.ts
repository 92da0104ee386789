import { nothing } from './signals.ts'
import type { Log } from './types/clock.ts'

/** Says nothing. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
