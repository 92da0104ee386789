import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import test from 'ava'

import { identityOf, isAlive, startChild, waitForEnd } from '../src/index.ts'
import { scratchFolder } from './helpers/folder.ts'

const NOBODY = { pid: 2 ** 22 + 1, startTicks: 1 } // Above the largest pid there is.

async function sleeper(t: Parameters<typeof scratchFolder>[0], folder?: string) {
  const dir = folder ?? (await scratchFolder(t))
  const child = await startChild({
    name: 'sleeper',
    file: process.execPath,
    args: ['-e', 'console.log("awake"); setInterval(() => {}, 1000)'],
    logFile: join(dir, 'sleeper.log'),
    pidFile: join(dir, 'sleeper.pid'),
  })
  t.teardown(async () => child.stop())
  return child
}

test('ends what a killed run left behind', async (t) => {
  const folder = await scratchFolder(t)
  const leftover = spawn('sleep', ['600'])
  const identity = identityOf(leftover.pid ?? 0)
  await writeFile(join(folder, 'sleeper.pid'), JSON.stringify({ child: identity, owner: NOBODY }))

  const child = await sleeper(t, folder)

  t.true(await waitForEnd(identity, 0))
  t.true(child.running())
})

test('does not touch a program that was given the pid of a leftover', async (t) => {
  const folder = await scratchFolder(t)
  const stranger = spawn('sleep', ['600'])
  t.teardown(() => void stranger.kill())
  const { pid, startTicks = 0 } = identityOf(stranger.pid ?? 0)
  const earlier = { pid, startTicks: startTicks - 100 }
  await writeFile(join(folder, 'sleeper.pid'), JSON.stringify({ child: earlier, owner: NOBODY }))

  await sleeper(t, folder)

  t.true(isAlive(identityOf(pid)))
})

test('reads past a pid file that was cut short', async (t) => {
  const folder = await scratchFolder(t)
  await writeFile(join(folder, 'sleeper.pid'), '{"child":')

  t.true((await sleeper(t, folder)).running())
})

test('stops a paused process', async (t) => {
  const child = await sleeper(t)
  child.kill('SIGSTOP')

  await child.stop()

  t.false(child.running())
})

test('says in one line which program could not be started', async (t) => {
  const folder = await scratchFolder(t)
  const command = { name: 'nothing', args: [], logFile: join(folder, 'log'), pidFile: join(folder, 'pid') }

  const starting = startChild({ ...command, file: join(folder, 'missing') }).then(
    async (child) => child.exited,
  )

  // With setpriv the failure shows as an exit, without it as an error.
  const outcome = await starting.catch((error: unknown) => error)
  t.true(outcome instanceof Error || (outcome as { code: number }).code !== 0)
})
