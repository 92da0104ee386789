import test from 'ava'

import { type Lock, productionClosure } from '../src/lock.ts'

const LOCK: Lock = {
  'services/booking': { name: '@medqueue/booking', dependencies: { '@medqueue/contracts': '*', a: '1' } },
  'packages/contracts': { name: '@medqueue/contracts', dependencies: { b: '1' } },
  'node_modules/@medqueue/contracts': { resolved: 'packages/contracts', link: true },
  'node_modules/a': {
    version: '1.0.0',
    dependencies: { b: '2' },
    optionalDependencies: { c: '1', absent: '1' },
  },
  'node_modules/a/node_modules/b': { version: '2.0.0' },
  'node_modules/b': {
    version: '1.0.0',
    peerDependencies: { d: '1', e: '1' },
    peerDependenciesMeta: { e: { optional: true } },
  },
  'node_modules/c': { version: '1.0.0' },
  'node_modules/d': { version: '1.0.0' },
  'node_modules/e': { version: '1.0.0' },
  'node_modules/test-only': { version: '1.0.0' },
}

test('finds what a workspace needs, through links and nested folders', (t) => {
  const paths = productionClosure(LOCK, ['services/booking']).map(({ path }) => path)
  t.deepEqual(paths, [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/b',
    'node_modules/c',
    'node_modules/d',
    'packages/contracts',
    'services/booking',
  ])
})

test('keeps the name of a scoped package', (t) => {
  const names = productionClosure(LOCK, ['packages/contracts']).map(({ name }) => name)
  t.deepEqual(names, ['b', 'd', '@medqueue/contracts'])
})

test('fails on a dependency that the lock file does not have', (t) => {
  t.throws(() => productionClosure({ 'services/x': { dependencies: { gone: '1' } } }, ['services/x']), {
    message: /no gone for services\/x/,
  })
})
