/** The journey with fewer patients and for long: what grows slowly shows. `run.ts` watches memory meanwhile. */
export { default, handleSummary, options, setup } from './journey.ts'
