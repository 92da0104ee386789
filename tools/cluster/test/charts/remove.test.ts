import { progressOn } from '@medqueue/servers'
import test from 'ava'
import { PassThrough } from 'node:stream'

import { installationOf } from '../../src/charts/installation.ts'
import { assertNotOthers, MADE_HERE } from '../../src/charts/maker.ts'
import { removeCharts } from '../../src/charts/remove.ts'

interface Cluster {
  /** `namespace/release`, and whether `make cluster` has installed it. */
  releases: Record<string, boolean>
  queues?: { name: string; namespace: string }[]
}

/** The two programs, answering as they do for such a cluster; and what was uninstalled. */
function world({ releases, queues = [] }: Cluster) {
  const uninstalled: string[] = []
  const helm = async (args: readonly string[]) => {
    const namespace = args[args.indexOf('--namespace') + 1] ?? ''
    if (args[0] === 'uninstall') {
      uninstalled.push(`${namespace}/${args[1] ?? ''}`)
      return ''
    }
    const release = (args[args.indexOf('--filter') + 1] ?? '').slice(1, -1)
    const made = releases[`${namespace}/${release}`]
    const asked = args.includes(`${MADE_HERE.name}=${MADE_HERE.value}`)
    return JSON.stringify(made === undefined || (asked && !made) ? [] : [{ name: release }])
  }
  const kubectl = async () => JSON.stringify({ items: queues.map((metadata) => ({ metadata })) })
  const progress = progressOn(new PassThrough())
  return { options: { helm, kubectl, progress, installation: installationOf({}) }, uninstalled }
}

const BOTH = { 'medqueue/medqueue': true, 'medqueue-system/medqueue-operator': true }

test('takes away what it has installed, the platform before the operator', async (t) => {
  const { options, uninstalled } = world({ releases: BOTH })
  const { gone, kept } = await removeCharts(options)
  t.deepEqual(gone, ['medqueue/medqueue', 'medqueue-system/medqueue-operator'])
  t.deepEqual(uninstalled, gone)
  t.deepEqual(kept, [])
})

test('takes away nothing that somebody else has installed', async (t) => {
  const { options, uninstalled } = world({ releases: { 'medqueue/medqueue': false } })
  await t.throwsAsync(removeCharts(options), { code: 'CLUSTER_TAKEN', message: /helm uninstall medqueue/ })
  t.deepEqual(uninstalled, [])
})

test('gives other values only to what it has installed itself', async (t) => {
  const { options } = world({ releases: { 'medqueue/medqueue': false, 'north/medqueue': true } })
  const taken = assertNotOthers(options.helm, 'medqueue', 'medqueue')
  await t.throwsAsync(taken, { code: 'CLUSTER_TAKEN', message: /CLUSTER_NAMESPACE/ })
  await t.notThrowsAsync(assertNotOthers(options.helm, 'north', 'medqueue'))
  await t.notThrowsAsync(assertNotOthers(options.helm, 'south', 'medqueue'))
})

test('leaves the operator where others still have queues', async (t) => {
  const queues = [{ name: 'letters', namespace: 'post' }]
  const { options, uninstalled } = world({ releases: BOTH, queues })
  t.deepEqual((await removeCharts(options)).kept, [
    'the operator in medqueue-system still has the queues post/letters',
  ])
  t.deepEqual(uninstalled, ['medqueue/medqueue'])
})

test('does nothing where nothing is', async (t) => {
  const { options, uninstalled } = world({ releases: {} })
  t.deepEqual(await removeCharts(options), { gone: [], kept: [] })
  t.deepEqual(uninstalled, [])
})
