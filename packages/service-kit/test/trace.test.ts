import test from 'ava'

import { childTrace, formatTraceparent, newTrace, parseTraceparent } from '../src/index.ts'
import { world } from './helpers/world.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const ignores = test.macro((t, header: string | undefined) => {
  t.is(parseTraceparent(header), undefined)
})

test('reads and writes the same header', (t) => {
  const trace = parseTraceparent(`00-${TRACE}-${SPAN}-01`)

  t.deepEqual(trace, { traceId: TRACE, spanId: SPAN, sampled: true })
  t.is(trace && formatTraceparent(trace), `00-${TRACE}-${SPAN}-01`)
})

test('reads what a later version added to', (t) => {
  t.like(parseTraceparent(`01-${TRACE}-${SPAN}-00-more`), { traceId: TRACE, sampled: false })
})

test('ignores a missing header', ignores, undefined)
test('ignores a trace id of zeros', ignores, `00-${'0'.repeat(32)}-${SPAN}-01`)
test('ignores a span id of zeros', ignores, `00-${TRACE}-${'0'.repeat(16)}-01`)
test('ignores upper case', ignores, `00-${TRACE.toUpperCase()}-${SPAN}-01`)
test('ignores parts that this version does not have', ignores, `00-${TRACE}-${SPAN}-01-more`)
test('ignores the version that is forbidden', ignores, `ff-${TRACE}-${SPAN}-01`)
test('ignores something long', ignores, `01-${TRACE}-${SPAN}-01-${'x'.repeat(600)}`)

test('a child keeps the trace and has a span of its own', (t) => {
  const parent = newTrace()
  const child = childTrace(parent)

  t.is(child.traceId, parent.traceId)
  t.regex(child.spanId, /^[0-9a-f]{16}$/)
  t.not(child.spanId, parent.spanId)
})

test('new traces differ, also past the pool of random bytes', (t) => {
  const ids = new Set(Array.from({ length: 1_000 }, () => newTrace().traceId))

  t.is(ids.size, 1_000)
  for (const id of ids) t.regex(id, /^[0-9a-f]{32}$/)
})

test('the trace of the request is in its answer and in its log lines', async (t) => {
  const { app, logs } = await world(t, (service) => {
    service.get('/fails', { config: { permission: 'public' } }, (request) => {
      request.log.info('working')
      throw new Error('broken')
    })
  })

  const answer = await app.inject({ url: '/fails', headers: { traceparent: `00-${TRACE}-${SPAN}-01` } })

  t.is(answer.json<{ traceId: string }>().traceId, TRACE)
  const lines = logs.filter(({ msg }) => msg === 'working' || msg === 'request failed')
  t.deepEqual(
    lines.map(({ traceId, service }) => ({ traceId, service })),
    [
      { traceId: TRACE, service: 'example' },
      { traceId: TRACE, service: 'example' },
    ],
  )
})

test('a request without a trace begins one and keeps it', async (t) => {
  const { app } = await world(t, (service) => {
    service.get('/trace', { config: { permission: 'public' } }, (request) => [
      request.trace.traceId,
      request.trace.traceId,
    ])
  })

  const [first, second] = (await app.inject('/trace')).json<string[]>()

  t.regex(first ?? '', /^[0-9a-f]{32}$/)
  t.is(first, second)
})
