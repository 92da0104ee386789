import { type ClusterLayout, type Command, setHpaSyncPeriod, waitFor } from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'

import { type RunningKeda, startKeda } from '../keda/run.ts'
import { type CountingProxy, startCountingProxy } from '../keda/counting-proxy.ts'
import { assertClock } from '../clock.ts'
import { AUTOSCALERS, SCALED_OBJECTS, says } from '../world/kinds.ts'
import { NAMESPACE, STREAM } from '../world/names.ts'
import { type AutoscalerWatch, watchAutoscaler } from './autoscaler.ts'
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
  /** Of the HPA's clock; seconds. */
  hpaPeriod: number
  say: (line: string) => void
  now: () => number
}

const READY_MS = 60_000
const EVERY_MS = 50
const metricPath = (name: string) =>
  `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/s0-nats-jetstream-${STREAM}?labelSelector=scaledobject.keda.sh%2Fname%3D${name}`

/** KEDA's two processes beside the cluster, and an HPA with the clock given. */
export function kedaScaler(options: KedaOptions): Scaler {
  const { client, kubectl, layout, maxReplicas, hpaPeriod, monitorUrl, now } = options
  let keda: RunningKeda | undefined
  let proxy: CountingProxy | undefined
  let autoscaler: AutoscalerWatch | undefined
  let attachedAt = 0
  /** An HPA that is made anew under its name soon goes on with the clock of the old one: each run has another name. */
  const key = () => ({ namespace: NAMESPACE, name: `workers-${attachedAt}` })
  const autoscalerKey = () => ({ namespace: NAMESPACE, name: `keda-hpa-${key().name}` })
  /** The HPA gets its number on this way, through the API server, the adapter and KEDA's operator. */
  const assertNumber = async () => {
    const answer = await kubectl(['get', '--raw', metricPath(key().name)])
    const { items } = JSON.parse(answer) as { items: { value?: string }[] }
    if (items[0]?.value === undefined) throw new Error('there is no number for the HPA')
  }
  const made = async () => {
    if (autoscaler?.madeAt === undefined) throw new Error('it has not been made')
    return autoscaler.madeAt
  }
  return {
    assertWorks: async () => {
      await assertNumber()
      assertClock(autoscaler ?? { madeAt: undefined, lookedAt: undefined }, hpaPeriod)
    },
    open: async () => {
      await setHpaSyncPeriod(layout, `${hpaPeriod}s`)
      proxy = await startCountingProxy(monitorUrl)
      keda = await startKeda(options)
    },
    attach: async ({ setting }) => {
      attachedAt = now()
      autoscaler = await watchAutoscaler(client, autoscalerKey().name, now)
      const spec = scaledObjectSpec({ setting, maxReplicas, monitor: proxy?.address ?? '' })
      await client.apply(SCALED_OBJECTS, { metadata: { ...key() }, spec } as Parameters<
        typeof client.apply
      >[1])
      await waitFor(
        async () => {
          if (!says(await client.get(SCALED_OBJECTS, key()), 'Ready'))
            throw new Error('KEDA has not taken it')
        },
        { what: 'the ScaledObject', timeoutMs: READY_MS, everyMs: EVERY_MS },
      )
      await waitFor(assertNumber, { what: 'the number for the HPA', timeoutMs: READY_MS })
      return waitFor(made, { what: 'the HPA', timeoutMs: READY_MS, everyMs: EVERY_MS })
    },
    detach: async () => {
      await client.delete(SCALED_OBJECTS, key())
      await waitFor(
        async () => {
          const left = [
            await client.find(SCALED_OBJECTS, key()),
            await client.find(AUTOSCALERS, autoscalerKey()),
          ].filter((object) => object !== undefined)
          if (left.length > 0) throw new Error(`${left[0]?.kind ?? 'it'} is still there`)
        },
        { what: 'the end of the ScaledObject', timeoutMs: READY_MS },
      )
      await autoscaler?.stop()
    },
    close: async () => {
      await keda?.stop()
      await proxy?.close()
    },
    pids: () => keda?.pids ?? [],
    questions: () => proxy?.count() ?? 0,
  }
}
