import { resolve } from 'node:path'

import { parse, stringify } from 'yaml'

import { allRolledOut, startsOf } from '../src/kube/pool.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, type World } from '../src/world.ts'

const CHART = resolve(import.meta.dirname, '../../../charts/medqueue')
const READS = 5
const WAIT = '6m'
const WAIT_MS = 400_000
const MINUTES = 14

interface Release {
  version: number
  info: { status: string }
}

/** The servers that are part of the chart. Each is alone here: all of the platform waits while one of them starts. */
const SERVERS = ['nats', 'postgresql', 'redis'] as const

/** A change that every process of the platform starts anew for; its labels change as those of another version do. */
const changed = (values: Record<string, unknown>): Record<string, unknown> => ({
  ...values,
  logLevel: values.logLevel === 'warn' ? 'info' : 'warn',
  commonLabels: { 'medqueue.example/upgrade': 'tried' },
})

behaviour(
  'the chart is upgraded and rolled back while patients book, and nothing is lost',
  async (act) => {
    const { t, world, tell, say } = act
    const { namespace, release } = INSTALLATION
    const place = ['--namespace', namespace]
    const values = parse(await world.helm(['get', 'values', release, ...place, '-o', 'yaml'])) as Record<
      string,
      unknown
    > | null
    const before = await releaseOf(world)
    const startsOfServers = async () =>
      Promise.all(SERVERS.map(async (server) => startsOf(world, server, namespace)))
    const servers = await startsOfServers()
    const { unanswered } = await underLoad(act, { rate: world.settings.rate, reads: READS }, async () => {
      const wait = ['--wait', '--timeout', WAIT]
      const upgrade = ['upgrade', release, CHART, ...place, '--values', '-', ...wait]
      const upgradeS = await timed(async () =>
        world.helm(upgrade, { input: stringify(changed(values ?? {})), timeoutMs: WAIT_MS }),
      )
      say(`upgraded in ${upgradeS} s`)
      t.is((await releaseOf(world)).version, before.version + 1)
      const rollback = ['rollback', release, String(before.version), ...place, ...wait]
      const rollbackS = await timed(async () => world.helm(rollback, { timeoutMs: WAIT_MS }))
      say(`rolled back in ${rollbackS} s`)
      tell({ upgradeS, rollbackS })
      await allRolledOut(world, namespace, 60_000)
    })
    t.true(servers.every((starts) => starts.length > 0))
    t.deepEqual(await startsOfServers(), servers, 'bundled servers that started anew')
    const after = await releaseOf(world)
    t.is(after.version, before.version + 2)
    t.is(after.info.status, 'deployed')
    t.is(unanswered, 0, 'connections that broke')
  },
  { minutes: MINUTES },
)

async function releaseOf({ helm }: World): Promise<Release> {
  const { namespace, release } = INSTALLATION
  return JSON.parse(await helm(['status', release, '--namespace', namespace, '-o', 'json'])) as Release
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return Math.round((performance.now() - began) / 1_000)
}
