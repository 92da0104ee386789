import { createInformer, type KubeClient } from '@medqueue/operator-kit'

import type { Looks } from '../clock.ts'
import { AUTOSCALERS } from '../world/kinds.ts'
import { NAMESPACE } from '../world/names.ts'

export interface AutoscalerWatch extends Looks {
  stop: () => Promise<void>
}

/** Notes when the HPA of that name is made, and when its controller looks at it first: it then writes conditions. */
export async function watchAutoscaler(
  client: KubeClient,
  name: string,
  now: () => number,
): Promise<AutoscalerWatch> {
  const informer = createInformer({ client, resource: AUTOSCALERS, namespace: NAMESPACE })
  const watch: AutoscalerWatch = {
    madeAt: undefined,
    lookedAt: undefined,
    stop: async () => informer.stop(),
  }
  informer.onEvent(({ type, object: { metadata, status } }) => {
    if (metadata.name !== name || type === 'deleted') return
    watch.madeAt ??= now()
    if ((status?.conditions ?? []).length > 0) watch.lookedAt ??= now()
  })
  informer.start()
  await informer.whenSynced()
  return watch
}
