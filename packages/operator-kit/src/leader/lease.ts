import { sameJson } from '../json.ts'
import { defineResource } from '../resource.ts'
import type { Clock } from '../types/clock.ts'
import type { KubeObject } from '../types/object.ts'

export interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  /** RFC 3339 with microseconds: for people; never compared with a clock. */
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
}

export interface Lease extends KubeObject {
  spec?: LeaseSpec
}

export const leases = defineResource<Lease>({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
})

/** MicroTime, as leases and events have it. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

/**
 * What was seen of a lease, and when by this process' own monotonic clock. Times written in the lease come from other
 * clocks; all they tell is that they have changed.
 */
export class Observation {
  readonly #clock: Clock
  #lease: Lease | undefined
  #at = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get lease(): Lease | undefined {
    return this.#lease
  }

  /** Undefined when nobody holds it. */
  get holder(): string | undefined {
    const holder = this.#lease?.spec?.holderIdentity
    return holder === '' ? undefined : holder
  }

  see(lease: Lease): void {
    if (!sameJson(lease.spec, this.#lease?.spec)) this.#at = this.#clock.monotonic()
    this.#lease = lease
  }

  /** Milliseconds until its holder may be replaced; 0 or less when it may be now. */
  get expiresInMs(): number {
    if (this.holder === undefined) return 0
    const durationMs = (this.#lease?.spec?.leaseDurationSeconds ?? 0) * 1_000
    return this.#at + durationMs - this.#clock.monotonic()
  }
}
