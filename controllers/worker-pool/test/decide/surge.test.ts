import test from 'ava'

import { Reason } from '../../src/decide/types.ts'
import { decides } from '../helpers/decides.ts'
import { NOW } from '../helpers/observed.ts'

test(
  'asks for many in turns: four at a time, so that the first are ready before all want the processors',
  decides,
  { reading: { depth: 2_000 } },
  { want: 20, replicas: 4, reason: Reason.fromZero },
)
test(
  'asks for the next when some of the first are ready',
  decides,
  {
    workers: { replicas: 4, ready: 3 },
    memory: { asked: [NOW - 500] },
    reading: { depth: 9_000 },
  },
  { want: 25, replicas: 7 },
)
test(
  'asks for no more while those asked for start',
  decides,
  {
    workers: { replicas: 4, ready: 0 },
    memory: { asked: Array.from({ length: 4 }, () => NOW - 500) },
    reading: { depth: 2_000 },
  },
  { want: 20, replicas: 4 },
)
test(
  'does not wait for those that take twice as long as they should: they may never start',
  decides,
  {
    workers: { replicas: 4, ready: 0 },
    memory: { asked: Array.from({ length: 4 }, () => NOW - 4_001) },
    reading: { depth: 2_000 },
  },
  { want: 20, replicas: 8 },
)
test(
  'asks for about a quarter at a time when very many are wanted',
  decides,
  { policy: { max: 200 }, reading: { depth: 20_000 } },
  { want: 193, replicas: 46 },
)
test(
  'asks for all at once when there is no time to wait for the first',
  decides,
  { policy: { startupMs: 4_000 }, reading: { depth: 1_000 } },
  { want: 14, replicas: 14 },
)
