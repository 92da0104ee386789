/** For tests of controllers: time one can turn, and an API server over HTTP that fails on request. */
export type { Clock } from '../types/clock.ts'
