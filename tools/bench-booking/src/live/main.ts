/**
 * `make bench-live`: from one person's request to another one's socket, through the whole platform: HTTP, queue, worker,
 * record, outbox, broker, hub, WebSocket. Everything runs on this machine, the 5,000 sockets and the callers included, and
 * what waits in their process counts. Repeats are rounds on the same platform; figures are medians of the rounds.
 * Environment: SOCKETS, RATE (requests and decisions a second, and half as many holds and releases), SECONDS, REPEATS.
 */
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { usageOf } from '../usage.ts'
import { createWorld, type World } from '../world.ts'
import { type Audience, DEVICES, gather, PAGES } from './audience.ts'
import { report, type Round } from './report.ts'
import { raise, type Stage } from './stage.ts'
import { Tracker } from './tracker.ts'
import { Traffic } from './traffic.ts'

const DOCTORS = 100
const setting = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const [sockets, rate] = [setting('SOCKETS', 5_000), setting('RATE', 50)]
const [seconds, repeats] = [setting('SECONDS', 20), setting('REPEATS', 3)]
const directory = resolve('.data/bench-live')

/** How long to wait for what is under way when a round is over; then it is lost. Milliseconds. */
const PATIENCE = 10_000

async function round(stage: Stage, world: World, { traffic, tracker }: Parts): Promise<Round> {
  const pids = new Map(stage.processes.map(({ name, pid }) => [name, pid]))
  pids.set('postgres', world.postgres.pid).set('nats', world.nats.pid).set('sockets and callers', process.pid)
  const before = new Map([...pids].map(([name, pid]) => [name, usageOf(pid).cpuSeconds]))
  const began = performance.now()
  const calls = await traffic.flow(rate, seconds)
  await told(tracker)
  const took = (performance.now() - began) / 1_000
  const usage = [...pids].map(([name, pid]): Round['usage'][number] => {
    const { cpuSeconds, megabytes } = usageOf(pid)
    return { name, cores: (cpuSeconds - (before.get(name) ?? 0)) / took, megabytes }
  })
  return { ...tracker.take(), lost: tracker.left, calls, usage }
}

/** Resolves when everybody has been told, or when it has taken too long. */
async function told(tracker: Tracker): Promise<void> {
  const end = performance.now() + PATIENCE
  while (tracker.left > 0 && performance.now() < end) await delay(20)
}

interface Parts {
  tracker: Tracker
  traffic: Traffic
}

async function play(world: World, stage: Stage, audience: Audience, parts: Parts): Promise<Round[]> {
  // The first calls compile and connect.
  await parts.traffic.flow(rate, 3)
  await told(parts.tracker)
  parts.tracker.take()
  const rounds: Round[] = []
  for (let i = 0; i < repeats; i++) {
    rounds.push(await round(stage, world, parts))
    console.log(
      `round ${i + 1} of ${repeats} with ${audience.size} sockets: ${report(rounds.slice(-1)).line}`,
    )
  }
  return rounds
}

const world = await createWorld(join(directory, 'servers'))
try {
  const patients = sockets - DOCTORS * (DEVICES + PAGES)
  const stage = await raise(world, { doctors: DOCTORS, patients })
  try {
    const tracker = new Tracker(() => performance.now())
    const { issuer } = world
    const began = performance.now()
    const audience = await gather(stage, issuer, tracker)
    console.log(`${audience.size} sockets open after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
    const rounds = await play(world, stage, audience, {
      tracker,
      traffic: new Traffic({ stage, issuer, tracker }),
    })
    const back = await audience.reconnect()
    audience.close()
    const { table, line, failures } = report(rounds)
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
    const settings = { sockets: audience.size, rate, seconds, repeats }
    await writeFile(
      join(directory, 'report.json'),
      JSON.stringify({ machine, settings, back, rounds }, undefined, 2),
    )
    console.log(`\n${table}\n\n${audience.size} sockets cut and back after ${(back / 1_000).toFixed(1)} s`)
    for (const failure of failures) console.error(failure)
    console.log(line)
    process.exitCode = failures.length > 0 ? 1 : 0
  } finally {
    await stage.stop()
  }
} finally {
  await world.close()
}
