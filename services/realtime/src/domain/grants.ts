import type { ProxySnapshot } from '@medqueue/contracts'

/** A patient, and somebody who would act for them. */
export interface Pair {
  patientId: string
  proxyId: string
}

type Told = Pick<ProxySnapshot, 'id' | 'version' | 'active' | 'expiresAt' | 'patientId' | 'proxyId'>

const keyOf = ({ patientId, proxyId }: Pair) => `${patientId} ${proxyId}`

/**
 * Who may act for whom, in memory, as the directory has told it. Of what was revoked only the version is kept.
 *
 *   unknown --granted--> known until its end --other terms--> known until another end --revoked--> unknown
 */
export class Grants {
  /** By pair, the ends of what was granted by its id; milliseconds since 1970. */
  readonly #ends = new Map<string, Map<string, number>>()
  /** Of each grant, the highest version told: when the broker is down for a moment, an older one may come behind it. */
  readonly #versions = new Map<string, number>()
  readonly #watchers = new Map<string, Set<() => void>>()
  #isOpen = false

  /** All that was ever told has been heard: from now on who is not known acts for nobody. */
  open(): void {
    this.#isOpen = true
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** What the directory tells next. A version that is not newer than what is known of the grant changes nothing. */
  take(told: Told): void {
    if (told.version <= (this.#versions.get(told.id) ?? 0)) return
    this.#versions.set(told.id, told.version)
    const key = keyOf(told)
    const ends = this.#ends.get(key) ?? new Map<string, number>()
    if (told.active) ends.set(told.id, Date.parse(told.expiresAt))
    else ends.delete(told.id)
    if (ends.size === 0) this.#ends.delete(key)
    else this.#ends.set(key, ends)
    for (const changed of [...(this.#watchers.get(key) ?? [])]) changed()
  }

  /** Nothing is known any more: all is told anew from now on, and nobody acts for anybody until it is. */
  clear(): void {
    this.#ends.clear()
    this.#versions.clear()
    for (const changed of [...this.#watchers.values()].flatMap((watchers) => [...watchers])) changed()
  }

  /** Until when somebody may act for the patient, as far as is known; milliseconds since 1970, -Infinity for never. */
  endOf(pair: Pair): number {
    return Math.max(...(this.#ends.get(keyOf(pair))?.values() ?? []))
  }

  /** Calls back whenever something is told of the two, until the function that is returned is called. */
  watch(pair: Pair, changed: () => void): () => void {
    const key = keyOf(pair)
    const watchers = this.#watchers.get(key) ?? new Set()
    this.#watchers.set(key, watchers.add(changed))
    return () => {
      if (watchers.delete(changed) && watchers.size === 0) this.#watchers.delete(key)
    }
  }
}
