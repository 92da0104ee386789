import test from 'ava'

import { atLeast, onPath, run, versionIn } from '../../src/find/run.ts'

test('reads a version out of what a program prints', (t) => {
  t.deepEqual(versionIn('nats-server: v2.15.1'), [2, 15, 1])
  t.deepEqual(versionIn('go1.24 linux/amd64'), [1, 24, 0])
  t.is(versionIn('unknown'), undefined)
})

test('compares versions by number, not by letter', (t) => {
  t.true(atLeast([2, 12, 0], 2, 12))
  t.true(atLeast([3, 0, 0], 2, 12))
  t.false(atLeast([2, 9, 25], 2, 12))
  t.false(atLeast(undefined, 0, 1))
})

test('finds a program on the path and only an executable one', async (t) => {
  t.truthy(await onPath('sh'))
  t.is((await onPath('passwd', ['/etc'])) === '/etc/passwd', false)
  t.is(await onPath('no-such-program'), undefined)
})

test('a failing program rejects with its last words', async (t) => {
  await t.throwsAsync(run('sh', ['-c', 'echo first >&2; echo the reason >&2; exit 3']), {
    message: /the reason$/,
  })
})
