import test from 'ava'

import { FakeClock } from '../../src/testing/index.ts'

test('runs what falls due in order of time, also what is planned on the way', (t) => {
  const clock = new FakeClock()
  const ran: string[] = []
  clock.after(20, () => ran.push(`second at ${clock.monotonic()}`))
  clock.after(10, () => {
    ran.push(`first at ${clock.monotonic()}`)
    clock.after(5, () => ran.push(`between at ${clock.monotonic()}`))
  })
  clock.after(30, () => ran.push('too late'))
  clock.advance(25)

  t.deepEqual(ran, ['first at 10', 'between at 15', 'second at 20'])
  t.is(clock.monotonic(), 25)
})

test('does not run what was cancelled', (t) => {
  const clock = new FakeClock()
  const cancel = clock.after(10, () => t.fail())
  cancel()
  clock.advance(20)

  t.is(clock.pending, 0)
})

test('runs nothing during a pause, and is late afterwards', (t) => {
  const clock = new FakeClock()
  const at: number[] = []
  clock.after(10, () => at.push(clock.monotonic()))
  clock.pause(500)
  t.deepEqual(at, [])
  clock.advance(0)

  t.deepEqual(at, [500])
})

test('sets the wall clock alone', (t) => {
  const clock = new FakeClock(1_000)
  clock.skew(-400)

  t.is(clock.now(), 600)
  t.is(clock.monotonic(), 0)
})

test('stops turning when what it waits for does not happen', async (t) => {
  await t.throwsAsync(
    new FakeClock().advanceUntil(() => false, { limitMs: 1_000 }),
    {
      message: 'it did not happen within 1000 ms',
    },
  )
})
