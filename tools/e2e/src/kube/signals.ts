import { apply } from '@medqueue/cluster'

import { INSTALLATION, type World } from '../world.ts'
import { DEPLOYMENTS } from './kinds.ts'

/** Sends signals to the processes of pods, which no pod can do to itself: the kernel protects the first process. */
export interface Signaller {
  /** Resolves to when it was sent; Unix milliseconds. */
  send: (pod: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => Promise<number>
  close: () => Promise<void>
}

export const SIGNALLER_NAMESPACE = 'medqueue-e2e'
const NAME = 'signaller'

/** Finds the process whose environment names the pod, signals it, and says when, and how many there were. */
const SEND = `
const { readdirSync, readFileSync } = require('node:fs')
const [pod, signal] = process.argv.slice(1)
const read = (file) => { try { return readFileSync(file, 'latin1') } catch { return '' } }
const pids = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map(Number).filter((pid) =>
  pid !== process.pid && read('/proc/' + pid + '/environ').split('\\0').includes('POD_NAME=' + pod))
for (const pid of pids) process.kill(pid, signal)
console.log(Date.now(), pids.length)
`

/**
 * Starts a pod that sees the processes of its node, from an image that is there already. It has a namespace of its own,
 * the only one in which such a pod may run.
 */
export async function openSignaller(world: World): Promise<Signaller> {
  const { kubectl, client } = world
  const controller = await client.get(DEPLOYMENTS, INSTALLATION.poolController)
  const image = controller.spec.template.spec.containers[0]?.image ?? ''
  await apply(kubectl, [namespace(), pod(image)])
  const wait = ['wait', '--for=condition=Ready', `pod/${NAME}`, '--namespace', SIGNALLER_NAMESPACE]
  await kubectl([...wait, '--timeout=60s'])
  return {
    send: async (name, signal) => {
      const exec = ['exec', '--namespace', SIGNALLER_NAMESPACE, NAME, '--', 'node', '-e', SEND, '--']
      const began = Date.now()
      const said = await kubectl([...exec, name, signal], { timeoutMs: 20_000 })
      const [at = 0, count = 0] = said.trim().split(' ').map(Number)
      if (count !== 1) throw new Error(`${signal} reached ${count} processes of ${name}`)
      // The node's clock may be another one than ours.
      return Math.min(Math.max(at, began), Date.now())
    },
    close: async () => removeSignaller(world),
  }
}

export async function removeSignaller({ kubectl }: Pick<World, 'kubectl'>): Promise<void> {
  const options = ['--ignore-not-found', '--wait=true', '--timeout=60s']
  await kubectl(['delete', 'namespace', SIGNALLER_NAMESPACE, ...options])
}

function namespace(): object {
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SIGNALLER_NAMESPACE, labels } }
}

function pod(image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, namespace: SIGNALLER_NAMESPACE },
    spec: {
      hostPID: true,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [
        {
          name: NAME,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', 'setInterval(() => undefined, 60_000)'],
          securityContext: { privileged: true, runAsUser: 0 },
        },
      ],
    },
  }
}
