import { waitFor } from '@medqueue/cluster'

import { INSTALLATION, type World } from '../world.ts'
import { isServing, type Lease, LEASES, type Pod } from './kinds.ts'
import { podsOf } from './pool.ts'

export interface Leadership {
  identity: string
  /** Pod of the leader. */
  pod: string
  /** How often it has changed hands since the lease was made. */
  transitions: number
}

/** A candidate calls itself by its pod, and eight characters for this start of it. */
export const podOfIdentity = (identity: string): string => identity.replace(/-[0-9a-f]{8}$/, '')

export function leadershipOf({ spec }: Lease): Leadership {
  const identity = spec.holderIdentity ?? ''
  return { identity, pod: podOfIdentity(identity), transitions: spec.leaseTransitions ?? 0 }
}

export async function leaderOf({ client }: World): Promise<Leadership> {
  const leadership = leadershipOf(await client.get(LEASES, INSTALLATION.poolLease))
  if (leadership.identity === '') throw new Error('nobody leads')
  return leadership
}

/** Waits until another than this one leads. */
export async function nextLeader(world: World, before: Leadership, timeoutMs: number): Promise<Leadership> {
  return waitFor(
    async () => {
      const now = await leaderOf(world)
      if (now.identity === before.identity) throw new Error('the lease is still held by the old one')
      return now
    },
    { what: 'another leader', timeoutMs, everyMs: 50 },
  )
}

/** Waits until so many pods of the controller serve and no other is left. */
export async function candidatesAre(world: World, count: number): Promise<Pod[]> {
  return waitFor(
    async () => {
      const pods = await podsOf(world, 'worker-pool', INSTALLATION.operatorNamespace)
      const serving = pods.filter(isServing).length
      if (serving !== count || pods.length !== count) throw new Error(`${serving} of ${pods.length} serve`)
      return pods
    },
    { what: `${count} pods of the operator`, timeoutMs: 90_000, everyMs: 200 },
  )
}
