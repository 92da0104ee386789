import { OPERATOR_NAMESPACE } from '@medqueue/cluster'
import type { Broker } from '@medqueue/messaging'
import type { KubeClient } from '@medqueue/operator-kit'

import { OPERATOR } from '../world/code.ts'
import { PODS } from '../world/kinds.ts'
import { processesOf } from '../world/machine.ts'
import { countQuestions } from '../world/queue.ts'
import type { Scaler } from './lane.ts'
import { applyPool, assertPoolReady, poolIsReady, removePool } from './pool.ts'

export interface MedqueueOptions {
  client: KubeClient
  broker: Broker
  maxReplicas: number
  now: () => number
}

/** The operator as it is installed, and a pool with nothing but what it must say. */
export function medqueueScaler({ client, broker, maxReplicas, now }: MedqueueOptions): Scaler {
  let pids: readonly number[] = []
  let counter: Awaited<ReturnType<typeof countQuestions>> | undefined
  return {
    assertWorks: async () => assertPoolReady(client),
    open: async () => {
      counter = await countQuestions(broker)
    },
    attach: async () => {
      const { items } = await client.list(PODS, { namespace: OPERATOR_NAMESPACE, labelSelector: OPERATOR })
      pids = processesOf(items.map(({ metadata }) => metadata.uid))
      if (pids.length === 0) throw new Error('The operator does not run here: start it with `make cluster`.')
      await applyPool(client, { maxReplicas })
      await poolIsReady(client)
      return now()
    },
    detach: async () => removePool(client),
    close: async () => counter?.stop(),
    pids: () => pids,
    questions: () => counter?.count() ?? 0,
  }
}
