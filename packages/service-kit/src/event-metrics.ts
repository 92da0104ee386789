import { Counter, Histogram, type Registry } from 'prom-client'

import { gaugeOf } from './gauge.ts'

/** A consumer of events, as far as its figures go. */
interface MeasuredProjection {
  readonly figures: {
    readonly consumer: string
    onTaken: (delayMs: number) => void
    onFailed: () => void
    onBuried: () => void
  }
}

/** The relay of an outbox, as far as its figures go. */
interface MeasuredRelay {
  readonly figures: { onPublished: (count: number) => void; readonly oldestMs: () => number }
}

/** Upper bounds in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300]

/** How late this process takes the events of others and publishes its own, and what it cannot take. */
export function eventMetrics(
  registry: Registry,
  { projections = [], relay }: { projections?: readonly MeasuredProjection[]; relay?: MeasuredRelay },
): void {
  if (projections.length > 0) countTaken(registry, projections)
  if (relay !== undefined) countPublished(registry, relay)
}

function countTaken(registry: Registry, projections: readonly MeasuredProjection[]): void {
  const registers = [registry]
  const labelNames = ['consumer'] as const
  const delay = new Histogram({
    name: 'event_delay_seconds',
    help: 'From the storing of an event in the broker to the commit of its effect here',
    buckets: BOUNDS,
    labelNames,
    registers,
  })
  const failures = new Counter({
    name: 'event_failures_total',
    help: 'Events whose effect failed; each comes again, or goes to the dead letters',
    labelNames,
    registers,
  })
  const deadLetters = new Counter({
    name: 'event_dead_letters_total',
    help: 'Events put into the dead letters after they had failed each time',
    labelNames,
    registers,
  })
  for (const { figures } of projections) {
    const labels = { consumer: figures.consumer }
    // A counter that appears with its first event hides that event from every rate.
    for (const counter of [failures, deadLetters]) counter.inc(labels, 0)
    figures.onTaken = (ms) => delay.observe(labels, ms / 1_000)
    figures.onFailed = () => failures.inc(labels)
    figures.onBuried = () => deadLetters.inc(labels)
  }
}

function countPublished(registry: Registry, { figures }: MeasuredRelay): void {
  const published = new Counter({
    name: 'outbox_published_total',
    help: 'Events of the outbox that the broker has acknowledged',
    registers: [registry],
  })
  figures.onPublished = (count) => published.inc(count)
  gaugeOf(
    registry,
    'outbox_oldest_wait_seconds',
    'How long the first event of the outbox has waited; 0 where another process publishes it',
    () => figures.oldestMs() / 1_000,
  )
}
