import test from 'ava'

import { obstaclesIn, type Surroundings } from '../src/at-hand.ts'

const here = (overrides: Partial<Surroundings> = {}): Surroundings => {
  return { platform: 'linux', root: true, unbuilt: [], uninstalled: [], taken: [], ...overrides }
}

test('a node is at hand where everything is built and nobody listens on its ports', (t) => {
  t.deepEqual(obstaclesIn(here()), [])
})

const hinders = test.macro((t, overrides: Partial<Surroundings>, obstacle: string) => {
  t.deepEqual(obstaclesIn(here(overrides)), [obstacle])
})

test(
  'programs that would have to be built',
  hinders,
  { unbuilt: ['etcd', 'helm'] },
  'not in the cache: etcd, helm',
)
test('packages that would have to be installed', hinders, { uninstalled: ['runc'] }, 'not installed: runc')
test('another cluster on the machine', hinders, { taken: [6443] }, 'ports in use: 6443')
test('a person without root', hinders, { root: false }, 'a node needs root')
test('a Mac', hinders, { platform: 'darwin' }, 'this is not Linux')
