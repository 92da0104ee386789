/**
 * `make bench-scaling`: the operator beside KEDA on the node of `make cluster`, with the same simple worker, the same
 * messages at the same moments, one scaler at a time. Environment: TRACES, LANES, PHASES (see README.md). Exits 1 when a
 * message was lost or came twice, in any lane; being slow is no failure.
 */
import { join, resolve } from 'node:path'

import { type ClusterLayout, commandFor, findProgram } from '@medqueue/cluster'
import { connectBroker } from '@medqueue/messaging'
import { createClient, loadKubeConfig } from '@medqueue/operator-kit'
import { messageOf } from '@medqueue/servers'

import { forgetKeda } from './keda/run.ts'
import { kedaScaler } from './lanes/keda.ts'
import type { Scaler } from './lanes/lane.ts'
import { medqueueScaler } from './lanes/medqueue.ts'
import { figuresOf, type Recording } from './measure/recording.ts'
import { choiceOf, estimate, type Lane, LANES, nameOf, type Run, runsOf, traceOf } from './plan.ts'
import { type Measured, tell, write } from './report/files.ts'
import { progressLine } from './report/progress.ts'
import { inTurn, measure, type World } from './run.ts'
import { removeLeftovers } from './world/leftovers.ts'
import { brokerUrls, findNode, workerImage } from './world/place.ts'
import { makeNamespace, removeNamespace } from './world/workers.ts'

const say = (line: string) => console.log(line)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('stopping; taking away what the bench has made …')
    stopping.abort(new Error('The bench was stopped.'))
  })
}

interface Bench {
  world: World
  scalerOf: (lane: Lane) => Scaler
  close: () => Promise<void>
}

async function openBench(layout: ClusterLayout, folder: string): Promise<Bench> {
  const kubeConfig = loadKubeConfig({ KUBECONFIG: layout.kubeconfig })
  const client = createClient({ kubeConfig, fieldManager: 'bench-scaling' })
  const kubectl = commandFor(await findProgram('kubectl', say), layout.kubeconfig)
  const image = await workerImage(layout)
  const { url, monitorUrl } = await brokerUrls(client)
  const broker = await connectBroker({ url, monitorUrl, name: 'bench-scaling' })
  await makeNamespace(client)
  await removeLeftovers(client)
  const now = Date.now
  const { maxReplicas } = traceOf({ trace: 'flash', phase: 0 })
  const common = { client, kubectl, layout, monitorUrl, maxReplicas, say, now }
  const periods: Partial<Record<Lane, string>> = { 'keda-1s': '1s' }
  let usedKeda = false
  return {
    world: { client, broker, natsUrl: url, image, now, signal: stopping.signal },
    scalerOf: (lane) => {
      if (lane === 'medqueue') return medqueueScaler({ client, broker, maxReplicas, now })
      usedKeda = true
      return kedaScaler({ ...common, folder: join(folder, 'keda'), hpaSyncPeriod: periods[lane] ?? '15s' })
    },
    close: async () =>
      inTurn([
        async () => removeNamespace(client),
        async () => (usedKeda ? forgetKeda(client, kubectl) : undefined),
        async () => broker.close(),
      ]),
  }
}

/** Runs of one lane that follow each other share its scaler. */
async function runAll({ world, scalerOf }: Bench, runs: readonly Run[], onDone: OnDone): Promise<void> {
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
      const recording = await measureOrAgain(world, open.scaler, run)
      await onDone({ run, recording, figures: figuresOf(recording, traceOf(run)) })
    }
  } finally {
    await close()
  }
}

/** A run that breaks off must not cost all that follow: it is begun anew, once. */
async function measureOrAgain(world: World, scaler: Scaler, run: Run): Promise<Recording> {
  try {
    return await measure(world, scaler, run)
  } catch (error) {
    if (world.signal.aborted) throw error
    say(`${nameOf(run)} broke off (${messageOf(error)}); beginning it anew`)
    return measure(world, scaler, run)
  }
}

type OnDone = (measured: Measured) => Promise<void>

async function main(): Promise<number> {
  const choice = choiceOf(process.env)
  const runs = runsOf(choice)
  const layout = findNode()
  const folder = resolve(layout.state, '../reports/bench-scaling', stamp(new Date()))
  say(`${runs.length} runs, about ${Math.ceil(estimate(runs) / 60)} minutes; results in ${folder}`)
  const bench = await openBench(layout, folder)
  const measured: Measured[] = []
  try {
    await runAll(bench, runs, async (one) => {
      measured.push(one)
      await write(folder, choice, measured)
      say(progressLine(nameOf(one.run), one.figures, { done: measured.length, runs }))
    })
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    await bench.close()
  }
  return conclude(folder, measured)
}

function conclude(folder: string, measured: readonly Measured[]): number {
  if (measured.length === 0) return 130
  const { table, losses, faults, line } = tell(measured)
  say(`\n${table}\n\nWhere another scaler did better:`)
  for (const text of losses) say(text)
  say(`\nReport: ${join(folder, 'report.md')}`)
  for (const fault of faults) console.error(fault)
  say(line)
  if (stopping.signal.aborted) return 130
  return faults.length > 0 ? 1 : 0
}

const stamp = (at: Date) => at.toISOString().slice(0, 19).replaceAll(':', '')

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(2)
  },
)
