import type { Memory, Observed, Policy } from './types.ts'

/** Workers that may start at a time: so many, or this share of those wanted beyond what a single node may have to take. */
const AT_ONCE = 4
const SHARE = 0.25
const ONE_NODE = 10

/** Only while a worker starts within this share of the drain SLO is there time to wait for some before the next. */
const QUICK = 0.3

/** One that takes so many times as long as it should holds nobody up any longer. */
const PATIENCE = 2

/**
 * How many workers start now, of those whose start takes the processors of others on their node. None where starts are
 * slow: they wait for machines and images.
 */
export function startingNow(
  { startups, asked }: Pick<Memory, 'startups' | 'asked'>,
  { now, policy }: Observed,
): number {
  const alone = quickStart(startups, policy)
  return alone === undefined ? 0 : asked.filter((at) => now - at < PATIENCE * alone).length
}

/** How long a worker takes to start that nobody holds up; milliseconds. Undefined where starts are slow. */
function quickStart(startups: readonly number[], { startupMs, drainSloMs }: Policy): number | undefined {
  const alone = startups.length === 0 ? startupMs : Math.min(...startups)
  return alone > QUICK * drainSloMs ? undefined : alone
}

/**
 * How many more workers may be asked for now. Those that start at once on a node take its processors from each other and
 * are all ready late. A few at a time are ready one after the other and work meanwhile, so that fewer are needed in
 * the end. It is the quickest start that counts: the others were held up by each other.
 */
export function roomToStart(memory: Memory, observed: Observed, want: number): number {
  if (quickStart(memory.startups, observed.policy) === undefined) return Infinity
  const most = Math.max(AT_ONCE, Math.ceil(SHARE * (want - ONE_NODE)))
  return Math.max(0, most - startingNow(memory, observed))
}
