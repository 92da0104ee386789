/**
 * How long a log-in must wait after wrong tries. A try is counted before the password is looked at, so that many at
 * once cannot slip past, and taken back when the password was right.
 */
const SECOND = 1_000
const MINUTE = 60 * SECOND

export interface BackoffPolicy {
  /** Tries before the first wait. */
  freeTries: number
  /** The first wait; each further try doubles it. Milliseconds. */
  firstWaitMs: number
  longestWaitMs: number
  /** Tries older than this do not count; longer than the longest wait. */
  forgetAfterMs: number
}

/** For one account from one address: what a person who mistypes meets. */
export const PAIR_POLICY: BackoffPolicy = {
  freeTries: 5,
  firstWaitMs: 30 * SECOND,
  longestWaitMs: 15 * MINUTE,
  forgetAfterMs: 60 * MINUTE,
}

/**
 * For one account from all addresses together, against guessing from many. The wait is short, because whoever knows
 * an e-mail address can cause it.
 */
export const ACCOUNT_POLICY: BackoffPolicy = {
  freeTries: 50,
  firstWaitMs: 30 * SECOND,
  longestWaitMs: 60 * SECOND,
  forgetAfterMs: 60 * MINUTE,
}

export interface Tries {
  failures: number
  lastAt: Date
}

/** Milliseconds until the next try may be made; 0 when it may be made now. */
export function waitMs(tries: Tries | undefined, now: Date, policy: BackoffPolicy): number {
  if (tries === undefined || tries.failures < policy.freeTries) return 0
  const doublings = Math.min(tries.failures - policy.freeTries, 30)
  const wait = Math.min(policy.firstWaitMs * 2 ** doublings, policy.longestWaitMs)
  return Math.max(0, tries.lastAt.getTime() + wait - now.getTime())
}

/** The count with one more try in it. */
export function withTry(tries: Tries | undefined, now: Date, policy: BackoffPolicy): Tries {
  const forgotten = tries === undefined || now.getTime() - tries.lastAt.getTime() > policy.forgetAfterMs
  return { failures: forgotten ? 1 : tries.failures + 1, lastAt: now }
}
