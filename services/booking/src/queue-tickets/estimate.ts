/** What is known of a line when somebody asks how long it will take. Times are seconds. */
export interface Line {
  /** People who are served before. With a doctor of one's own, those for any doctor count as their share. */
  ahead: number
  /** Doctors who serve the line, and how many of them are with a patient. */
  doctors: number
  busy: number
  /** How long visits took today. */
  measured: readonly number[]
  /** How long a visit is planned to take. */
  planned: number
}

/** Minutes: four of five times the wait is in between. */
export interface Wait {
  from: number
  to: number
}

/** The plan counts as so many visits, which took half of it more or less: for the first hours of a day. */
const PLAN_WEIGHT = 5
const PLAN_SPREAD = 0.5
/** Four of five outcomes of a normal distribution lie within so many deviations. */
const FOUR_OF_FIVE = 1.2816

/**
 * How long somebody will wait, as a range; undefined when nobody serves the line.
 *
 * With every doctor busy a patient is called at the k-th end of a visit from now, k = ahead + busy − doctors + 1. With
 * visits of mean s and deviation d, and c doctors, ends come every s / c: k·s/c for visits of every length, which is the
 * queue-length estimator of Ibrahim and Whitt, "Real-Time Delay Estimation Based on Delay History" (Manufacturing &
 * Service Operations Management 11(3), 2009), the best they know when service times are known. It takes visits for
 * exponential. Real ones are steadier, and are under way already: of c visits of one length, begun at any time, the first
 * ends after s / (c + 1). So 1 / (c + 1) of an end is taken off, less as d / s comes near 1; for one doctor that is the
 * mean of a renewal process in equilibrium. The range is that of a normal distribution: k visits differ by √k·d / c, and
 * what is left of those under way, for the same reason, by a variance of s² / 6(c + 1). Mean and deviation are those
 * measured today, with the plan as five more visits.
 */
export function estimateWait({ ahead, doctors, busy, measured, planned }: Line): Wait | undefined {
  if (doctors < 1) return undefined
  const ends = Math.max(0, ahead + Math.min(busy, doctors) - doctors + 1)
  if (ends === 0) return { from: 0, to: 0 }
  const { mean, deviation } = visitTimes(measured, planned)
  const steadiness = Math.max(0, 1 - (deviation / mean) ** 2)
  const middle = ((ends - steadiness / (doctors + 1)) * mean) / doctors
  const variance = (ends * deviation ** 2) / doctors ** 2 + (steadiness * mean ** 2) / (6 * (doctors + 1))
  const spread = FOUR_OF_FIVE * Math.sqrt(variance)
  return { from: Math.floor(Math.max(0, middle - spread) / 60), to: Math.ceil((middle + spread) / 60) }
}

function visitTimes(measured: readonly number[], planned: number): { mean: number; deviation: number } {
  const weight = PLAN_WEIGHT + measured.length
  const sum = (of: (time: number) => number) => measured.reduce((total, time) => total + of(time), 0)
  const mean = (PLAN_WEIGHT * planned + sum((time) => time)) / weight
  const plan = PLAN_WEIGHT * ((PLAN_SPREAD * planned) ** 2 + (planned - mean) ** 2)
  return { mean, deviation: Math.sqrt((plan + sum((time) => (time - mean) ** 2)) / weight) }
}
