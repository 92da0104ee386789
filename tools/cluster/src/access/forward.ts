import { type ChildProcess, spawn } from 'node:child_process'

import { ClusterError } from '../errors.ts'

export interface ForwardOptions {
  /** Path of kubectl. */
  kubectl: string
  kubeconfig: string
  namespace: string
  service: string
  /** Of the Service. */
  port: number
}

/** A port of this machine's loopback that leads to one pod of a Service, as long as that pod lives. */
export interface Forward {
  port: number
  close: () => Promise<void>
}

const OPEN_MS = 20_000

/** Opens a forward to a free port. Throws CLUSTER_NOT_READY with what kubectl complained about. */
export async function openForward(options: ForwardOptions): Promise<Forward> {
  const { kubectl, kubeconfig, namespace, service, port } = options
  const child = spawn(
    kubectl,
    [
      ...['--kubeconfig', kubeconfig, '--namespace', namespace],
      ...['port-forward', '--address', '127.0.0.1', `service/${service}`, `:${port}`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const close = async () => {
    child.kill('SIGTERM')
    await ended
  }
  try {
    return { port: await openedPort(child, service), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The port in `Forwarding from 127.0.0.1:40123 -> 5432`; undefined while it has not been said. */
export function portIn(output: string): number | undefined {
  const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+) /m.exec(output) ?? []
  return port === undefined ? undefined : Number(port)
}

async function openedPort(child: ChildProcess, service: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let [output, complaint] = ['', '']
    const fail = (why: string) =>
      reject(new ClusterError('CLUSTER_NOT_READY', `No way to the Service ${service}: ${why}`))
    const timer = setTimeout(() => fail(`kubectl said nothing for ${OPEN_MS / 1000} s`), OPEN_MS)
    // Read to the end, or the child would stop when the pipe is full.
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const port = portIn(output)
      if (port === undefined) return
      clearTimeout(timer)
      resolve(port)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    child.once('error', (error) => fail(error.message))
    child.once('close', () => {
      clearTimeout(timer)
      fail(complaint.trim().split('\n').at(-1) ?? 'kubectl ended')
    })
  })
}
