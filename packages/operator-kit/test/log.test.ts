import { createLogger } from '@medqueue/service-kit/logging'
import test, { type ExecutionContext } from 'ava'

import { type CallFilter } from '../src/testing/index.ts'
import { elected, managed, type ManagedOptions } from './helpers/managed.ts'
import { pool, pools } from './helpers/world.ts'

interface Line {
  level: string
  msg: string
  err?: { type: string; text: string; code?: string }
  [field: string]: unknown
}

/** A manager whose log is written as that of every service: what may be personal is redacted. */
async function logging(t: ExecutionContext, options: Partial<ManagedOptions> = {}) {
  const written: string[] = []
  const log = createLogger(
    { service: 'operator', level: 'debug' },
    { write: (line: string) => void written.push(line) },
  )
  const manager = { ...options.manager, log }
  const scene = await managed(t, { reconcile: async () => undefined, ...options, manager })
  const line = (msg: string) => written.map((text) => JSON.parse(text) as Line).find((one) => one.msg === msg)
  return { ...scene, written, line }
}

const REFUSED = { kind: 'status', status: 403, reason: 'Forbidden' } as const

const saysWhy = test.macro(
  async (t: ExecutionContext, filter: CallFilter, msg: string, options?: Partial<ManagedOptions>) => {
    const scene = await logging(t, options)
    scene.server.faults.failAlways(filter, REFUSED)
    scene.server.seed(pools, pool('a'))
    await scene.turnUntil(() => scene.line(msg) !== undefined)

    t.like(scene.line(msg)?.err, { type: 'ApiError', code: 'OPERATOR_API' })
    t.regex(scene.line(msg)?.err?.text ?? '', /was refused with 403: an injected fault$/)
    t.notRegex(scene.written.join(''), /bearer|authorization/i, 'nor how it is let in')
  },
)

const report: Partial<ManagedOptions> = {
  prepare: ({ events }, { server }) => {
    const about = server.seed(pools, pool('b'))
    events.record(about, { type: 'Normal', reason: 'Seen', action: 'Looking', note: 'It is there.' })
  },
}

test('says why a watch was lost', saysWhy, { verb: 'watch' }, 'Informer lost its watch and will try again')
test(
  'says why the lease could not be had',
  saysWhy,
  { plural: 'leases' },
  'Could not read or write the lease',
  { manager: elected('operator-0') },
)
test('says why an event was not written', saysWhy, { plural: 'events' }, 'Could not write an event', report)

test('says why a reconcile failed, and of which object', async (t) => {
  const cause = new Error('stream not found')
  const reconcile = async () => Promise.reject(new Error('The queue could not be read', { cause }))
  const scene = await logging(t, { reconcile })
  scene.server.seed(pools, pool('a'))
  await scene.turnUntil(() => scene.line('Reconcile failed') !== undefined)

  t.like(scene.line('Reconcile failed'), {
    level: 'error',
    controller: 'pool',
    object: 'prod/a',
    err: { text: 'The queue could not be read', cause: { text: 'stream not found' } },
  })
})

test('says what a function that was handed in threw', async (t) => {
  const transform = () => {
    throw new Error('it cannot be trimmed')
  }
  const scene = await logging(t, { prepare: (manager) => void manager.informer(pools, { transform }) })
  scene.server.seed(pools, pool('a'))
  await scene.turnUntil(() => scene.line('Informer function threw') !== undefined)

  t.like(scene.line('Informer function threw'), { what: 'transform', err: { text: 'it cannot be trimmed' } })
})
