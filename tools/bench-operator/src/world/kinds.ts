import { bookingQueueKind, bookingWorkerPoolKind, GROUP_VERSION } from '@medqueue/contracts'
import { type Condition, defineResource, findCondition, type KubeObject } from '@medqueue/operator-kit'

/** Any object that has a spec, and says of itself how it is. */
export interface Thing extends KubeObject {
  spec?: object
  status?: object
}

/** Whether it says of itself that it works. */
export function isReady({ status }: Thing): boolean {
  const { conditions } = (status ?? {}) as { conditions?: Condition[] }
  return findCondition(conditions, 'Ready')?.status === 'True'
}

const kind = (apiVersion: string, { kind, plural }: { kind: string; plural: string }) =>
  defineResource<Thing>({ apiVersion, kind, plural, namespaced: true })

export const POOLS = kind(GROUP_VERSION, bookingWorkerPoolKind)
export const QUEUES = kind(GROUP_VERSION, bookingQueueKind)
export const DEPLOYMENTS = kind('apps/v1', { kind: 'Deployment', plural: 'deployments' })
export const PODS = kind('v1', { kind: 'Pod', plural: 'pods' })
