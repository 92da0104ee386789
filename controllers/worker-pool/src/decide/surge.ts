import type { Memory, Observed } from './types.ts'

/** Workers that may start at a time: so many, or this share of those wanted beyond what a single node may have to take. */
const AT_ONCE = 4
const SHARE = 0.25
const ONE_NODE = 10

/** Only while a worker starts within this share of the drain SLO is there time to wait for some before the next. */
const QUICK = 0.3

/** One that takes so many times as long as it should holds nobody up any longer. */
const PATIENCE = 2

/**
 * How many more workers may be asked for now. Those that start at once on a node take its processors from each other and
 * are all ready late. A few at a time are ready one after the other and work meanwhile, so that fewer are needed in
 * the end. It is the quickest start that counts: the others were held up by each other.
 */
export function roomToStart({ startups, asked }: Memory, { now, policy }: Observed, want: number): number {
  const alone = startups.length === 0 ? policy.startupMs : Math.min(...startups)
  if (alone > QUICK * policy.drainSloMs) return Infinity
  const starting = asked.filter((at) => now - at < PATIENCE * alone).length
  return Math.max(0, Math.max(AT_ONCE, Math.ceil(SHARE * (want - ONE_NODE))) - starting)
}
