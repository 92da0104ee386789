import { type ClusterLayout, type Command, setHpaSyncPeriod, waitFor } from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'

import { type RunningKeda, startKeda } from '../keda/run.ts'
import { type CountingProxy, startCountingProxy } from '../keda/counting-proxy.ts'
import { AUTOSCALERS, SCALED_OBJECTS, says } from '../world/kinds.ts'
import { NAMESPACE } from '../world/names.ts'
import type { Scaler } from './lane.ts'
import { scaledObjectSpec } from './scaled-object.ts'

export interface KedaOptions {
  client: KubeClient
  kubectl: Command
  layout: ClusterLayout
  /** Base URL of the broker's monitoring. */
  monitorUrl: string
  maxReplicas: number
  /** Where its certificates and logs are kept. */
  folder: string
  /** Such as `15s`. */
  hpaSyncPeriod: string
  say: (line: string) => void
  now: () => number
}

const READY_MS = 60_000
const EVERY_MS = 50
const KEY = { namespace: NAMESPACE, name: 'workers' }
const AUTOSCALER = { namespace: NAMESPACE, name: 'keda-hpa-workers' }

/** KEDA's two processes beside the cluster, and an HPA with the clock given. */
export function kedaScaler(options: KedaOptions): Scaler {
  const { client, layout, maxReplicas, hpaSyncPeriod, monitorUrl, now } = options
  let keda: RunningKeda | undefined
  let proxy: CountingProxy | undefined
  return {
    open: async () => {
      await setHpaSyncPeriod(layout, hpaSyncPeriod)
      proxy = await startCountingProxy(monitorUrl)
      keda = await startKeda(options)
    },
    attach: async ({ setting }) => {
      const spec = scaledObjectSpec({ setting, maxReplicas, monitor: proxy?.address ?? '' })
      await client.apply(SCALED_OBJECTS, { metadata: { ...KEY }, spec } as Parameters<typeof client.apply>[1])
      await waitFor(
        async () => {
          if (!says(await client.get(SCALED_OBJECTS, KEY), 'Ready')) throw new Error('KEDA has not taken it')
        },
        { what: 'the ScaledObject', timeoutMs: READY_MS },
      )
      // The HPA's controller writes conditions when it looks for the first time, and looks at fixed times from then on.
      await waitFor(
        async () => {
          const { status } = await client.get(AUTOSCALERS, AUTOSCALER)
          if ((status?.conditions ?? []).length === 0) throw new Error('it has not been looked at')
        },
        { what: 'the HPA', timeoutMs: READY_MS, everyMs: EVERY_MS },
      )
      return now()
    },
    detach: async () => {
      await client.delete(SCALED_OBJECTS, KEY)
      await waitFor(
        async () => {
          const left = [
            await client.find(SCALED_OBJECTS, KEY),
            await client.find(AUTOSCALERS, AUTOSCALER),
          ].filter((object) => object !== undefined)
          if (left.length > 0) throw new Error(`${left[0]?.kind ?? 'it'} is still there`)
        },
        { what: 'the end of the ScaledObject', timeoutMs: READY_MS },
      )
    },
    close: async () => {
      await keda?.stop()
      await proxy?.close()
      await setHpaSyncPeriod(layout, '15s')
    },
    pids: () => keda?.pids ?? [],
    questions: () => proxy?.count() ?? 0,
  }
}
