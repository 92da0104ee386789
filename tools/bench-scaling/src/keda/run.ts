import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { apply, type ClusterLayout, type Command, findProgram, NETWORK, waitFor } from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'
import { type Child, freePort, startChild } from '@medqueue/servers'

import { API_SERVICES, NAMESPACES, says } from '../world/kinds.ts'
import { makeCertificates, namesIn } from './certificates.ts'
import { definitionsFolder } from './definitions.ts'
import { KEDA_NAMESPACE, kedaObjects, METRICS_API } from './objects.ts'

export interface KedaPlace {
  client: KubeClient
  kubectl: Command
  layout: ClusterLayout
  folder: string
  say: (line: string) => void
}

export interface RunningKeda {
  /** Of the operator and of the metrics adapter. */
  pids: readonly number[]
  /** Ends both, and takes away what let the API server ask them. */
  stop: () => Promise<void>
}

const READY_MS = 90_000
const NAMESPACE_KEY = { namespace: '', name: KEDA_NAMESPACE }

/**
 * Runs KEDA's operator and metrics adapter as processes of this machine, beside the cluster: no image of them can be
 * pulled everywhere. They do what they do in pods, with the rights of the cluster's administrator.
 */
export async function startKeda(place: KedaPlace): Promise<RunningKeda> {
  const { client, kubectl, folder, say } = place
  const certificates = join(folder, 'certificates')
  await mkdir(folder, { recursive: true })
  await removeMetricsApi(client)
  await noNamespaceIsEnding(client)
  await makeCertificates(certificates, namesIn(KEDA_NAMESPACE))
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', await definitionsFolder()])
  const ports = { health: await freePort(), grpc: await freePort(), adapter: await freePort() }
  const authority = await readFile(join(certificates, 'ca.crt'), 'utf8')
  const [names, ...rest] = kedaObjects({ address: NETWORK.node, port: ports.adapter, authority })
  await apply(kubectl, [names ?? {}])
  const operator = await startPart(place, 'keda-operator', [
    '--leader-elect=false',
    '--enable-prometheus-metrics=false',
    `--health-probe-bind-address=127.0.0.1:${ports.health}`,
    `--metrics-service-bind-address=127.0.0.1:${ports.grpc}`,
    ...['--enable-cert-rotation=false', '--enable-webhook-patching=false'],
    ...['--enable-apiservice-patching=false', `--cert-dir=${certificates}`],
  ])
  const parts = [operator]
  const stop = async () => {
    // First: with nobody behind it, whoever asks what kinds there are would hang.
    await removeMetricsApi(client)
    await Promise.all(parts.map(async (part) => part.stop()))
  }
  try {
    parts.push(await startAdapter(place, { ...ports, certificates }))
    await apply(kubectl, rest)
    await waitFor(async () => assertServes(client, parts), { what: 'KEDA', timeoutMs: READY_MS })
  } catch (error) {
    say(`KEDA's logs are in ${folder}`)
    await stop()
    throw error
  }
  return { pids: parts.map(({ pid }) => pid), stop }
}

/** Takes away what stays between two lanes: KEDA's namespace and the definitions of its kinds. */
export async function forgetKeda(client: KubeClient, kubectl: Command): Promise<void> {
  await kubectl(['delete', '--ignore-not-found', '-f', await definitionsFolder()])
  await client.delete(NAMESPACES, NAMESPACE_KEY)
  await noNamespaceIsEnding(client)
}

/** What is made in a namespace on its way out goes with it, a moment later. */
async function noNamespaceIsEnding(client: KubeClient): Promise<void> {
  await waitFor(
    async () => {
      const found = await client.find(NAMESPACES, NAMESPACE_KEY)
      if (found?.metadata.deletionTimestamp !== undefined) throw new Error('it is still there')
    },
    { what: `the end of namespace ${KEDA_NAMESPACE}`, timeoutMs: READY_MS },
  )
}

async function startAdapter(
  place: KedaPlace,
  { adapter, grpc, certificates }: { adapter: number; grpc: number; certificates: string },
): Promise<Child> {
  const { kubeconfig } = place.layout
  const access = ['kubeconfig', 'lister-kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig']
  return startPart(place, 'keda-adapter', [
    ...access.map((flag) => `--${flag}=${kubeconfig}`),
    ...[`--bind-address=${NETWORK.node}`, `--secure-port=${adapter}`],
    // Its own figures are served on every address, on a port that must be free.
    `--port=${await freePort()}`,
    `--metrics-service-address=localhost:${grpc}`,
    `--cert-dir=${certificates}`,
    `--client-ca-file=${join(certificates, 'ca.crt')}`,
    `--tls-cert-file=${join(certificates, 'tls.crt')}`,
    `--tls-private-key-file=${join(certificates, 'tls.key')}`,
  ])
}

async function startPart({ layout, folder, say }: KedaPlace, name: string, args: string[]): Promise<Child> {
  return startChild({
    name,
    file: await findProgram(name, say),
    args,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      KUBECONFIG: layout.kubeconfig,
      POD_NAMESPACE: KEDA_NAMESPACE,
      KEDA_CLUSTER_OBJECT_NAMESPACE: KEDA_NAMESPACE,
      WATCH_NAMESPACE: '',
    },
    logFile: join(folder, `${name}.log`),
    pidFile: join(folder, `${name}.pid`),
  })
}

async function assertServes(client: KubeClient, parts: readonly Child[]): Promise<void> {
  const ended = parts.find((part) => !part.running())
  if (ended !== undefined)
    throw new Error(`it ended: ${ended.output().trim().split('\n').slice(-2).join(' | ')}`)
  const service = await client.get(API_SERVICES, { namespace: '', name: METRICS_API })
  if (!says(service, 'Available')) throw new Error('the API server does not reach the adapter')
}

/** Lets nobody ask the adapter any more. */
export async function removeMetricsApi(client: KubeClient): Promise<void> {
  await client.delete(API_SERVICES, { namespace: '', name: METRICS_API })
}
