import { spawn } from 'node:child_process'

import { onPath, run } from '@medqueue/servers'
import { stringify } from 'yaml'

import { ClusterError } from './errors.ts'
import type { ClusterLayout } from './layout.ts'

export const KIND_CLUSTER = 'medqueue'

/** kind's configuration: one node, with the ingress' port on loopback of the machine. */
export function kindConfig(ingressPort: number): string {
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [
      {
        role: 'control-plane',
        extraPortMappings: [
          { containerPort: ingressPort, hostPort: ingressPort, listenAddress: '127.0.0.1', protocol: 'TCP' },
        ],
      },
    ],
  })
}

/** Makes the cluster unless it is there, and writes its kubeconfig where the node's would be. */
export async function startKind(layout: ClusterLayout): Promise<void> {
  const kind = await kindProgram()
  const clusters = (await run(kind, ['get', 'clusters'])).split('\n').map((line) => line.trim())
  if (!clusters.includes(KIND_CLUSTER)) {
    const flags = ['--name', KIND_CLUSTER, '--kubeconfig', layout.kubeconfig, '--wait', '180s']
    await withInput(kind, ['create', 'cluster', ...flags, '--config', '-'], kindConfig(layout.ingressPort))
  } else {
    await run(kind, ['export', 'kubeconfig', '--name', KIND_CLUSTER, '--kubeconfig', layout.kubeconfig])
  }
}

export async function loadIntoKind(references: readonly string[]): Promise<void> {
  await run(await kindProgram(), ['load', 'docker-image', '--name', KIND_CLUSTER, ...references], {
    timeoutMs: 600_000,
  })
}

export async function stopKind(): Promise<void> {
  await run(await kindProgram(), ['delete', 'cluster', '--name', KIND_CLUSTER])
}

/** True when kind is installed and has our cluster. */
export async function kindRuns(): Promise<boolean> {
  const kind = await onPath('kind')
  if (kind === undefined) return false
  const answer = await run(kind, ['get', 'clusters']).catch(() => '')
  return answer.split('\n').includes(KIND_CLUSTER)
}

async function kindProgram(): Promise<string> {
  const kind = await onPath('kind')
  if (kind !== undefined) return kind
  throw new ClusterError('CLUSTER_PROGRAM_MISSING', 'kind is not installed: install it, or set CLUSTER=node.')
}

async function withInput(file: string, args: readonly string[], input: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve()
      const words = complaint.trim().split('\n').slice(-4).join(' | ')
      reject(new ClusterError('CLUSTER_START_FAILED', `kind made no cluster: ${words}`))
    })
    child.stdin.end(input)
  })
}
