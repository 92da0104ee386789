import test from 'ava'

import { optionsIn } from '../src/options.ts'

test('everything, with 200 of each, for a minute, when nothing else is asked for', (t) => {
  const { situations, ...rest } = optionsIn({ POOLS: '', SITUATIONS: '' })
  t.deepEqual(
    situations.map(({ name }) => name),
    ['pools asleep', 'pools awake', 'queues'],
  )
  t.deepEqual(rest, { count: 200, settleSeconds: 20, seconds: 60 })
})

test('one situation alone, with other numbers', (t) => {
  const { situations, count, seconds } = optionsIn({ SITUATIONS: 'queues', POOLS: '1000', DURATION: '30' })
  t.like(
    { situations, count, seconds },
    { situations: [{ controller: 'booking-queue' }], count: 1_000, seconds: 30 },
  )
})

test('what is not known is refused', (t) => {
  t.throws(() => optionsIn({ SITUATIONS: 'pools' }), {
    message: /pools asleep, pools awake, queues; not pools$/,
  })
  for (const POOLS of ['0', 'many', '1e3', '100000'])
    t.throws(() => optionsIn({ POOLS }), { message: /POOLS/ })
})
