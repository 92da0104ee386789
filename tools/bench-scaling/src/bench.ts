import { join } from 'node:path'

import { type ClusterLayout, commandFor, findProgram, setHpaSyncPeriod } from '@medqueue/cluster'
import { connectBroker } from '@medqueue/messaging'
import { createClient, loadKubeConfig } from '@medqueue/operator-kit'
import { messageOf } from '@medqueue/servers'

import { forgetKeda } from './keda/run.ts'
import { kedaScaler } from './lanes/keda.ts'
import type { Scaler } from './lanes/lane.ts'
import { medqueueScaler } from './lanes/medqueue.ts'
import { figuresOf } from './measure/recording.ts'
import type { Code, Measured } from './origin.ts'
import { type Lane, LANES, nameOf, type Run, traceOf } from './plan.ts'
import { inTurn, measure, type Seen, type World } from './run.ts'
import { readCode } from './world/code.ts'
import { removeLeftovers } from './world/leftovers.ts'
import { brokerUrls, workerImage } from './world/place.ts'
import { makeNamespace, removeNamespace } from './world/workers.ts'

export interface BenchOptions {
  layout: ClusterLayout
  /** Where KEDA's certificates and logs are kept. */
  folder: string
  signal: AbortSignal
  say: (line: string) => void
}

export interface Bench {
  code: Code
  world: World
  /** Measures one after the other; each is told of as soon as it is over. */
  run: (runs: readonly Run[], onDone: (measured: Measured) => Promise<void>) => Promise<void>
  /** Takes away all that the bench has made. */
  close: () => Promise<void>
}

/** Of the HPA's clock, unless it is set; seconds. */
const HPA_PERIOD = 15
const PERIODS: Partial<Record<Lane, number>> = { 'keda-1s': 1 }

export async function openBench({ layout, folder, signal, say }: BenchOptions): Promise<Bench> {
  const kubeConfig = loadKubeConfig({ KUBECONFIG: layout.kubeconfig })
  const client = createClient({ kubeConfig, fieldManager: 'bench-scaling' })
  const code = await readCode(client)
  const kubectl = commandFor(await findProgram('kubectl', say), layout.kubeconfig)
  const image = await workerImage(layout)
  const { url, monitorUrl } = await brokerUrls(client)
  const broker = await connectBroker({ url, monitorUrl, name: 'bench-scaling' })
  await makeNamespace(client)
  await removeLeftovers(client)
  const now = Date.now
  const { maxReplicas } = traceOf({ trace: 'flash', phase: 0 })
  const common = { client, kubectl, layout, monitorUrl, maxReplicas, say, now }
  const world: World = { client, broker, natsUrl: url, image, now, signal }
  const sitting = new Date(now()).toISOString()
  let usedKeda = false
  const scalerOf = (lane: Lane): Scaler => {
    if (lane === 'medqueue') return medqueueScaler({ client, broker, maxReplicas, now })
    usedKeda = true
    return kedaScaler({ ...common, folder: join(folder, 'keda'), hpaPeriod: PERIODS[lane] ?? HPA_PERIOD })
  }
  return {
    code,
    world,
    run: async (runs, onDone) =>
      runAll({ scalerOf, say }, runs, async (run, scaler) => {
        const began = new Date(now()).toISOString()
        const { recording, started } = await measureOrAgain(world, scaler, run, say)
        const ended = new Date(now()).toISOString()
        const origin = { sitting, began, started: new Date(started).toISOString(), ended, code }
        await onDone({ run, recording, figures: figuresOf(recording, traceOf(run)), origin })
      }),
    close: async () =>
      inTurn([
        async () => removeNamespace(client),
        async () => (usedKeda ? forgetKeda(client, kubectl) : undefined),
        async () => setHpaSyncPeriod(layout, `${HPA_PERIOD}s`),
        async () => broker.close(),
      ]),
  }
}

interface Scalers {
  scalerOf: (lane: Lane) => Scaler
  say: (line: string) => void
}

/** Runs of one lane that follow each other share its scaler. */
async function runAll(
  { scalerOf, say }: Scalers,
  runs: readonly Run[],
  one: (run: Run, scaler: Scaler) => Promise<void>,
): Promise<void> {
  let open: { lane: Lane; scaler: Scaler } | undefined
  const close = async () => {
    await open?.scaler.close()
    open = undefined
  }
  try {
    for (const run of runs) {
      if (open?.lane !== run.lane) {
        await close()
        say(`lane ${run.lane}: ${LANES[run.lane]}`)
        open = { lane: run.lane, scaler: scalerOf(run.lane) }
        await open.scaler.open()
      }
      await one(run, open.scaler)
    }
  } finally {
    await close()
  }
}

/** A run that breaks off must not cost all that follow: it is begun anew, once. */
async function measureOrAgain(
  world: World,
  scaler: Scaler,
  run: Run,
  say: (line: string) => void,
): Promise<Seen> {
  try {
    return await measure(world, scaler, run)
  } catch (error) {
    if (world.signal.aborted) throw error
    say(`${nameOf(run)} broke off (${messageOf(error)}); beginning it anew`)
    return measure(world, scaler, run)
  }
}
