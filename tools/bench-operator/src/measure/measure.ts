import { setTimeout as delay } from 'node:timers/promises'

import type { Controller } from '../world/controller.ts'
import type { Questions } from '../world/queues.ts'
import { type Figures, figuresOf, type Reading } from './figures.ts'
import { sumOf } from './metrics.ts'
import { usageOf } from './usage.ts'

/** How often a kubelet and Prometheus ask a pod; seconds. */
const PROBE_EVERY = 5
const SCRAPE_EVERY = 15

/** Uses up the time given, meeting the controller as a cluster does; gives the most memory that was seen. */
export async function spend(
  { child, url }: Controller,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const start = performance.now()
  let most = 0
  for (let second = 1; second <= seconds; second += 1) {
    await delay(start + second * 1_000 - performance.now(), undefined, { signal })
    most = Math.max(most, usageOf(child.pid).residentMegabytes)
    if (second % PROBE_EVERY === 0) await read(`${url}/readyz`)
    if (second % SCRAPE_EVERY === 0) await read(`${url}/metrics`)
  }
  return most
}

export async function measure(
  controller: Controller,
  questions: Questions,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<Figures> {
  const before = await readingOf(controller)
  questions.take()
  const residentMegabytes = await spend(controller, seconds, signal)
  const asked = questions.take()
  return figuresOf({ before, after: await readingOf(controller), residentMegabytes, questions: asked })
}

async function readingOf({ child, url }: Controller): Promise<Reading> {
  const metrics = await read(`${url}/metrics`)
  return {
    at: performance.now(),
    usage: usageOf(child.pid),
    calls: sumOf(metrics, 'rest_client_requests_total'),
    reconciles: sumOf(metrics, 'controller_runtime_reconcile_total'),
  }
}

async function read(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
  if (!answer.ok) throw new Error(`${url} says ${answer.status}`)
  return answer.text()
}
