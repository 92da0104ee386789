/**
 * Which signing key does what, from times alone:
 *
 *   made --> published (others learn of it) --activatesAt--> signs --successor's activatesAt--> verifies only --> gone
 *
 * A key is published before it signs, so that no service meets a token whose key it cannot have, and kept until every
 * token it signed has expired.
 */
export interface KeyTimes {
  kid: string
  activatesAt: Date
}

export interface KeyPolicy {
  /** How long a key signs; milliseconds. */
  rotateAfterMs: number
  /** How long a key is published before it signs; longer than any cache of the key set. */
  leadMs: number
  /** How long a key verifies after it stopped signing; longer than any token lives. */
  keepMs: number
}

export interface KeyPlan {
  /** The key that signs now; undefined when there is none yet. */
  signing: string | undefined
  /** Key ids to publish: the signing one first, then those to come, then those that only verify. */
  published: string[]
  /** Key ids to delete. */
  expired: string[]
  /** When the plan changes by itself, if it does. */
  nextChange: Date | undefined
  /** A new key is to be made now. */
  rotationDue: boolean
}

/** The plan at one instant. Level-based: every replica that reads the same rows comes to the same plan. */
export function planKeys(keys: readonly KeyTimes[], now: Date, policy: KeyPolicy): KeyPlan {
  const sorted = keys.toSorted((a, b) => a.activatesAt.getTime() - b.activatesAt.getTime())
  const time = now.getTime()
  const upcoming = sorted.filter((key) => key.activatesAt.getTime() > time)
  const started = sorted.filter((key) => key.activatesAt.getTime() <= time)
  const current = started.at(-1)
  const isGone = (index: number) => {
    const successor = started[index + 1]
    return successor !== undefined && successor.activatesAt.getTime() + policy.keepMs < time
  }
  const old = started.slice(0, -1)
  const kept = old.filter((_, index) => !isGone(index)).reverse()
  const newest = sorted.at(-1)
  return {
    signing: current?.kid,
    published: [...(current === undefined ? [] : [current]), ...upcoming, ...kept].map(({ kid }) => kid),
    expired: old.filter((_, index) => isGone(index)).map(({ kid }) => kid),
    nextChange: upcoming[0]?.activatesAt,
    rotationDue:
      newest === undefined || newest.activatesAt.getTime() + policy.rotateAfterMs - policy.leadMs <= time,
  }
}

/** When a key made now begins to sign: at once if nothing signs yet. */
export function activationOf(plan: KeyPlan, now: Date, policy: KeyPolicy): Date {
  return plan.signing === undefined ? now : new Date(now.getTime() + policy.leadMs)
}
