/** What `run.ts` tells each k6 process through its environment. */
function text(name: string): string {
  const value = __ENV[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start this through load-tests/run.ts`)
  return value
}

const number = (name: string): number => Number(text(name))

export const settings = {
  /** Base URLs of the booking api, without a slash at the end. */
  urls: text('BOOKING_URLS').split(','),
  /** Where processes wait for each other; answers when all are ready. */
  barrier: text('BARRIER'),
  /** JSON files written by `run.ts`. */
  tokensFile: text('TOKENS'),
  worldFile: text('WORLD'),
  summaryFile: text('SUMMARY'),
  /** Sets the keys of this run apart from those of all others. */
  runId: text('RUN_ID'),
  vus: number('VUS'),
  /** Seconds over which patients arrive, and during which all are there. */
  ramp: number('RAMP'),
  hold: number('HOLD'),
  /** Seconds between two requests of one patient, on average. */
  pause: number('PAUSE'),
}
