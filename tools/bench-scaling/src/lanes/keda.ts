import { type ClusterLayout, type Command, setHpaSyncPeriod, waitFor } from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'

import { type RunningKeda, startKeda } from '../keda/run.ts'
import { type CountingProxy, startCountingProxy } from '../keda/counting-proxy.ts'
import { AUTOSCALERS, SCALED_OBJECTS, says } from '../world/kinds.ts'
import { NAMESPACE, STREAM } from '../world/names.ts'
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
const METRIC = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/s0-nats-jetstream-${STREAM}?labelSelector=scaledobject.keda.sh%2Fname%3D${KEY.name}`
const AUTOSCALER = { namespace: NAMESPACE, name: 'keda-hpa-workers' }

/** KEDA's two processes beside the cluster, and an HPA with the clock given. */
export function kedaScaler(options: KedaOptions): Scaler {
  const { client, kubectl, layout, maxReplicas, hpaSyncPeriod, monitorUrl, now } = options
  let keda: RunningKeda | undefined
  let proxy: CountingProxy | undefined
  /** The HPA gets its number on this way, through the API server, the adapter and KEDA's operator. */
  const assertWorks = async () => {
    const answer = await kubectl(['get', '--raw', METRIC])
    const { items } = JSON.parse(answer) as { items: { value?: string }[] }
    if (items[0]?.value === undefined) throw new Error('there is no number for the HPA')
  }
  return {
    assertWorks,
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
      await waitFor(assertWorks, { what: 'the number for the HPA', timeoutMs: READY_MS })
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
