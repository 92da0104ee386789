import test from 'ava'

import { createGate, GateFullError } from '../../src/crypto/gate.ts'
import { createPasswords } from '../../src/crypto/passwords.ts'
import { createLanes } from '../../src/users/lanes.ts'

/** Work that ends when it is told to. */
function controlled() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { work: async () => promise, end: (value = 'done') => resolve(value) }
}

test('work beyond the places waits its turn, first come first served', async (t) => {
  const gate = createGate({ concurrency: 1, queue: 2 })
  const order: string[] = []
  const first = controlled()
  const running = gate.run(first.work)
  const waiting = ['b', 'c'].map(async (name) => gate.run(async () => void order.push(name)))
  t.deepEqual(order, [])
  first.end()
  await Promise.all([running, ...waiting])
  t.deepEqual(order, ['b', 'c'])
})

test('work beyond the queue is refused at once', async (t) => {
  const gate = createGate({ concurrency: 1, queue: 0 })
  const first = controlled()
  const running = gate.run(first.work)
  await t.throwsAsync(
    gate.run(async () => 'never'),
    { instanceOf: GateFullError },
  )
  first.end('ended')
  t.is(await running, 'ended')
  t.is(await gate.run(async () => 'now'), 'now')
})

test('work that fails gives its place back', async (t) => {
  const gate = createGate({ concurrency: 1, queue: 0 })
  await t.throwsAsync(
    gate.run(() => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  )
  t.is(await gate.run(async () => 'now'), 'now')
})

test('lanes do not wait for each other', async (t) => {
  const lanes = createLanes({ queue: 1 })
  const first = controlled()
  const running = lanes.run('a', first.work)
  t.is(await lanes.run('b', async () => 'free'), 'free')
  const second = lanes.run('a', async () => 'in turn')
  await t.throwsAsync(
    lanes.run('a', async () => 'never'),
    { instanceOf: GateFullError },
  )
  first.end()
  await running
  t.is(await second, 'in turn')
})

test('a password is known again and another is not', async (t) => {
  const passwords = createPasswords({ concurrency: 2, queue: 8 })
  const stored = await passwords.hash('caf\u00e9-com-leite')
  t.true(await passwords.verify(stored, 'cafe\u0301-com-leite'))
  t.false(await passwords.verify(stored, 'cha-com-leite'))
  t.false(await passwords.verify(undefined, 'cafe\u0301-com-leite'))
})
