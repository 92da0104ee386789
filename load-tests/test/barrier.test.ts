import test from 'ava'

import { openBarrier } from '../lib/barrier.ts'

test('holds everybody until the last has come, then tells all the same start', async (t) => {
  const barrier = await openBarrier(2)
  t.teardown(barrier.close)
  const ask = async () => (await (await fetch(barrier.url)).json()) as { at: number }
  const first = ask()
  t.is(await Promise.race([first, new Promise((resolve) => setImmediate(() => resolve('held')))]), 'held')
  const [one, two] = await Promise.all([first, ask()])
  t.deepEqual(one, two)
  t.is(await barrier.started, one.at)
})
