import { createInformer, type Informer, type KubeClient, type KubeObject } from '@medqueue/operator-kit'

import { push, type Step } from '../measure/steps.ts'
import { DEPLOYMENTS, type Pod, PODS, says } from './kinds.ts'
import { NAMESPACE } from './names.ts'

/** What happens to the workers; `at` is Unix seconds. */
export interface WorkersWatch {
  asked: Step[]
  ready: Step[]
  stop: () => Promise<void>
}

/** Notes each change as it is told of. A pod that is being deleted no longer counts, as a Deployment has it. */
export async function watchWorkers(client: KubeClient, now: () => number): Promise<WorkersWatch> {
  const [asked, ready]: Step[][] = [[], []]
  const deployments = createInformer({ client, resource: DEPLOYMENTS, namespace: NAMESPACE })
  const pods = createInformer({ client, resource: PODS, namespace: NAMESPACE })
  const seconds = () => now() / 1_000
  const readyPods = new Set<string>()
  deployments.onEvent(({ type, object }) => {
    push(asked ?? [], seconds(), type === 'deleted' ? 0 : (object.spec.replicas ?? 1))
  })
  pods.onEvent(({ type, object }) => {
    if (type !== 'deleted' && isReady(object)) readyPods.add(object.metadata.uid)
    else readyPods.delete(object.metadata.uid)
    push(ready ?? [], seconds(), readyPods.size)
  })
  const informers: Informer<KubeObject>[] = [deployments, pods]
  for (const informer of informers) informer.start()
  await Promise.all(informers.map(async (informer) => informer.whenSynced()))
  return {
    asked: asked ?? [],
    ready: ready ?? [],
    stop: async () => {
      await Promise.all(informers.map(async (informer) => informer.stop()))
    },
  }
}

const isReady = (pod: Pod) => pod.metadata.deletionTimestamp === undefined && says(pod, 'Ready')
