import type { ClusterLayout } from '../layout.ts'
import { readOptions, writeOptions } from './options-file.ts'
import { probeApiServer } from './probe.ts'
import { liveSupervisor } from './supervisor-file.ts'
import { waitFor } from './wait.ts'

const RESTART_MS = 60_000

/** Ends one process of the node and resolves when the supervisor has started it again. */
export async function restartPart(layout: ClusterLayout, name: string): Promise<void> {
  const before = liveSupervisor(layout)?.parts[name]?.pid
  if (before === undefined) throw new Error(`${name} does not run`)
  process.kill(before, 'SIGTERM')
  await waitFor(
    async () => {
      const now = liveSupervisor(layout)?.parts[name]?.pid
      if (now === undefined || now === before) throw new Error(`${name} has not come back`)
    },
    { what: name, timeoutMs: RESTART_MS, everyMs: 100 },
  )
  await waitFor(async () => probeApiServer(layout), { what: 'the API server', timeoutMs: RESTART_MS })
}

/**
 * Lets the autoscaler of Kubernetes look this often (`15s` is its default; `1s` is what nobody with a managed cluster can
 * have). Takes a restart of the controller manager.
 */
export async function setHpaSyncPeriod(layout: ClusterLayout, period: string): Promise<void> {
  if (!/^\d+(ms|s|m)$/.test(period)) throw new RangeError(`${period} is no duration such as 15s.`)
  const options = readOptions(layout)
  if ((options.hpaSyncPeriod ?? '15s') === period) return
  writeOptions(layout, { ...options, hpaSyncPeriod: period })
  await restartPart(layout, 'kube-controller-manager')
}
