import type { Command } from '../kubectl.ts'

const EVERY_MS = 10_000

/** As much of a pod as is told while waiting for it. */
export interface PodStatus {
  metadata: { name: string }
  status: {
    phase: string
    conditions?: { type: string; status: string; message?: string }[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

interface ContainerStatus {
  ready: boolean
  state?: { waiting?: { reason?: string; message?: string } }
}

const ORDINARY = new Set(['ContainerCreating', 'PodInitializing', undefined])

/** One line on pods that are not ready, with the reason of the first that has one; empty when all are. */
export function summaryOf(pods: readonly PodStatus[]): string {
  const running = pods.filter(({ status }) => status.phase !== 'Succeeded')
  const waiting = running.filter((pod) => !isReady(pod))
  if (waiting.length === 0) return ''
  const reasons = waiting.flatMap((pod) => {
    const reason = reasonOf(pod)
    return reason === undefined ? [] : [`${pod.metadata.name}: ${reason}`]
  })
  const count = `${running.length - waiting.length} of ${running.length} pods are ready`
  return [count, ...reasons.slice(0, 1)].join('; ')
}

const isReady = ({ status }: PodStatus) =>
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false

/** What a person can do something about: not that it is still starting. */
function reasonOf({ status }: PodStatus): string | undefined {
  const unscheduled = status.conditions?.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  )
  if (unscheduled?.message !== undefined) return unscheduled.message
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const stuck = containers
    .map(({ state }) => state?.waiting)
    .find((state) => !ORDINARY.has(state?.reason) && state !== undefined)
  return stuck === undefined ? undefined : [stuck.reason, stuck.message].filter(Boolean).join(': ')
}

export interface WatchOptions {
  kubectl: Command
  namespace: string
  say: (line: string) => void
}

/** Tells how far the pods are, whenever that changes, until it is stopped. */
export function watchPods({ kubectl, namespace, say }: WatchOptions): { stop: () => void } {
  let last = ''
  const look = async () => {
    const { items } = JSON.parse(await kubectl(['get', 'pods', '--namespace', namespace, '-o', 'json'])) as {
      items: PodStatus[]
    }
    const summary = summaryOf(items)
    if (summary !== last && summary !== '') say(`  ${summary}`)
    last = summary
  }
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
