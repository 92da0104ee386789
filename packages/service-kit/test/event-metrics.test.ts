import test from 'ava'
import { Registry } from 'prom-client'

import { eventMetrics } from '../src/index.ts'

const nothing = () => undefined
const figuresOf = (consumer: string) => ({
  consumer,
  onTaken: nothing as (ms: number) => void,
  onFailed: nothing,
  onBuried: nothing,
})

test('what cannot be taken is counted from nothing on, so that the first one shows in a rate', async (t) => {
  const registry = new Registry()
  const projection = { figures: figuresOf('booking-windows') }
  eventMetrics(registry, { projections: [projection, { figures: figuresOf('booking-proxies') }] })
  const counted = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values
  const both = ['booking-windows', 'booking-proxies']
  for (const name of ['event_failures_total', 'event_dead_letters_total']) {
    t.deepEqual(
      await counted(name),
      both.map((consumer) => ({ labels: { consumer }, value: 0 })),
    )
  }
  projection.figures.onFailed()
  projection.figures.onBuried()
  t.like(await counted('event_failures_total'), [{ value: 1 }, { value: 0 }])
  t.like(await counted('event_dead_letters_total'), [{ value: 1 }, { value: 0 }])
})

test('events are late in seconds, by consumer', async (t) => {
  const registry = new Registry()
  const projection = { figures: figuresOf('scheduling') }
  eventMetrics(registry, { projections: [projection] })
  projection.figures.onTaken(1_500)
  t.regex(await registry.metrics(), /^event_delay_seconds_sum\{consumer="scheduling"\} 1\.5$/m)
})

test('an outbox says what went out and what waits', async (t) => {
  const registry = new Registry()
  const relay = { figures: { onPublished: nothing as (count: number) => void, oldestMs: () => 2_500 } }
  eventMetrics(registry, { relay })
  relay.figures.onPublished(3)
  const text = await registry.metrics()
  t.regex(text, /^outbox_published_total 3$/m)
  t.regex(text, /^outbox_oldest_wait_seconds 2\.5$/m)
  t.notRegex(text, /event_delay/)
})
