import test from 'ava'

import { repeat } from '../src/index.ts'

const HOUR_MS = 3_600_000

// A repetition keeps no process alive, and here there is nothing else that would.
const awake = setInterval(() => undefined, HOUR_MS)
test.after.always(() => clearInterval(awake))

test('does it at once, again after the rest that a turn asks for, and stops in mid-rest', async (t) => {
  const third = Promise.withResolvers<undefined>()
  let turns = 0
  const { stop } = repeat({
    turn: async () => {
      turns += 1
      if (turns < 3) return 0
      third.resolve(undefined)
      return undefined
    },
    restMs: HOUR_MS,
    onError: (error) => t.fail(String(error)),
  })
  await third.promise
  await stop()
  t.is(turns, 3)
})

test('goes on after a turn that failed, and tells of it', async (t) => {
  const second = Promise.withResolvers<undefined>()
  const told: unknown[] = []
  let turns = 0
  const { stop } = repeat({
    turn: async () => {
      turns += 1
      if (turns === 1) throw new Error('not now')
      second.resolve(undefined)
      return HOUR_MS
    },
    restMs: 0,
    onError: (error) => void told.push(error),
  })
  await second.promise
  await stop()
  t.deepEqual(told, [new Error('not now')])
})

test('stopping waits for the turn that runs, and tells it', async (t) => {
  const begun = Promise.withResolvers<undefined>()
  const work = Promise.withResolvers<undefined>()
  const steps: string[] = []
  const { stop } = repeat({
    turn: async (stopping) => {
      begun.resolve(undefined)
      await work.promise
      steps.push(stopping.aborted ? 'done while stopping' : 'done')
      return undefined
    },
    restMs: 0,
    onError: (error) => t.fail(String(error)),
  })
  await begun.promise
  const stopped = stop().then(() => steps.push('stopped'))
  work.resolve(undefined)
  await stopped
  t.deepEqual(steps, ['done while stopping', 'stopped'])
})
