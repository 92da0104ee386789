import { OPERATOR_NAMESPACE, waitFor } from '@medqueue/cluster'
import type { Broker } from '@medqueue/messaging'
import type { KubeClient } from '@medqueue/operator-kit'

import { OPERATOR } from '../world/code.ts'
import { PODS, POOLS, says } from '../world/kinds.ts'
import { processesOf } from '../world/machine.ts'
import { CONSUMER, NAMESPACE, POOL, STREAM, WORKERS } from '../world/names.ts'
import { countQuestions } from '../world/queue.ts'
import type { Scaler } from './lane.ts'

export interface MedqueueOptions {
  client: KubeClient
  broker: Broker
  maxReplicas: number
  now: () => number
}

const READY_MS = 60_000
const KEY = { namespace: NAMESPACE, name: POOL }

/** The operator as it is installed, and a pool with nothing but what it must say. */
export function medqueueScaler({ client, broker, maxReplicas, now }: MedqueueOptions): Scaler {
  let pids: readonly number[] = []
  let counter: Awaited<ReturnType<typeof countQuestions>> | undefined
  const assertWorks = async () => {
    if (!says(await client.get(POOLS, KEY), 'Ready')) throw new Error('the pool is not ready')
  }
  return {
    assertWorks,
    open: async () => {
      counter = await countQuestions(broker)
    },
    attach: async () => {
      const { items } = await client.list(PODS, { namespace: OPERATOR_NAMESPACE, labelSelector: OPERATOR })
      pids = processesOf(items.map(({ metadata }) => metadata.uid))
      if (pids.length === 0) throw new Error('The operator does not run here: start it with `make cluster`.')
      const spec = {
        consumerRef: { stream: STREAM, consumer: CONSUMER },
        targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WORKERS.name },
        maxReplicas,
      }
      await client.apply(POOLS, { metadata: { ...KEY }, spec } as Parameters<typeof client.apply>[1])
      await waitFor(assertWorks, { what: 'the pool', timeoutMs: READY_MS })
      return now()
    },
    detach: async () => {
      await client.delete(POOLS, KEY)
      await waitFor(
        async () => {
          if ((await client.find(POOLS, KEY)) !== undefined) throw new Error('it is still there')
        },
        { what: 'the end of the pool', timeoutMs: READY_MS },
      )
    },
    close: async () => counter?.stop(),
    pids: () => pids,
    questions: () => counter?.count() ?? 0,
  }
}
