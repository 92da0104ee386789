import { spawn } from 'node:child_process'
import { once } from 'node:events'

import test, { type ExecutionContext } from 'ava'

import { type Launched, supervise, type SuperviseOptions } from '../src/index.ts'

interface World {
  launches: number
  crashes: number[]
  /** Resolves once the nth launch has happened. */
  launched: (count: number) => Promise<void>
}

/** A supervised real process that only waits. */
function supervised(t: ExecutionContext, options: Partial<SuperviseOptions> = {}) {
  const waiting: [number, () => void][] = []
  const world: World = {
    launches: 0,
    crashes: [],
    launched: async (count) => {
      if (world.launches < count) await new Promise<void>((resolve) => void waiting.push([count, resolve]))
    },
  }
  const managed = supervise({
    name: 'sleeper',
    launch: async () => launchSleeper(),
    onChange: () => {
      if (managed.pid() === undefined) return
      world.launches += 1
      for (const [count, resolve] of waiting) if (world.launches >= count) resolve()
    },
    onCrash: (_name, backOffMs) => void world.crashes.push(backOffMs),
    backOffMs: 1,
    maxBackOffMs: 4,
    ...options,
  })
  t.teardown(async () => managed.stop())
  return { managed, world }
}

async function launchSleeper(): Promise<Launched> {
  const child = spawn('sleep', ['600'])
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  const stop = async () => {
    child.kill()
    await exited
  }
  return { pid: child.pid ?? 0, exited, stop, kill: (signal) => void child.kill(signal) }
}

test('starts a killed process again', async (t) => {
  const { managed, world } = supervised(t)
  await managed.start()
  const first = managed.pid()

  managed.kill('SIGKILL')
  await world.launched(2)

  t.not(managed.pid(), first)
  t.is(managed.restarts(), 1)
})

test('waits longer after each crash, up to a limit', async (t) => {
  const { managed, world } = supervised(t)
  await managed.start()

  for (const launch of [2, 3, 4, 5]) {
    managed.kill('SIGKILL')
    await world.launched(launch)
  }

  t.deepEqual(world.crashes, [1, 2, 4, 4])
})

test('forgets earlier crashes once the process has run for a while', async (t) => {
  const { managed, world } = supervised(t, { stableMs: -1 })
  await managed.start()

  for (const launch of [2, 3]) {
    managed.kill('SIGKILL')
    await world.launched(launch)
  }

  t.deepEqual(world.crashes, [1, 1])
})

test('stays down after a stop', async (t) => {
  const { managed, world } = supervised(t)
  await managed.start()

  await managed.stop()

  t.is(managed.pid(), undefined)
  t.deepEqual(world.crashes, [])
})

test('starts again after a stop when told to', async (t) => {
  const { managed } = supervised(t)
  await managed.start()
  await managed.stop()

  await managed.start()

  t.not(managed.pid(), undefined)
})

test('a stop during the back-off cancels the restart', async (t) => {
  const crashed = Promise.withResolvers<undefined>()
  const { managed, world } = supervised(t, { backOffMs: 60_000, onCrash: () => crashed.resolve(undefined) })
  await managed.start()
  managed.kill('SIGKILL')
  await crashed.promise

  await managed.stop()

  t.is(managed.pid(), undefined)
  t.is(world.launches, 1)
})

test('a first launch that fails is told to the caller, and not tried again', async (t) => {
  const { managed, world } = supervised(t, {
    launch: async () => {
      throw new Error('no such program')
    },
  })

  await t.throwsAsync(managed.start(), { message: 'no such program' })

  t.deepEqual(world.crashes, [])
})

test('tries again when a restart fails', async (t) => {
  let launches = 0
  const { managed, world } = supervised(t, {
    launch: async () => {
      launches += 1
      if (launches === 2) throw new Error('port still taken')
      return launchSleeper()
    },
  })
  await managed.start()

  managed.kill('SIGKILL')
  await world.launched(2)

  t.is(launches, 3)
})
