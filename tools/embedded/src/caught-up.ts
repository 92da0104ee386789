import { setTimeout as delay } from 'node:timers/promises'

import { outliveErrors, type Provisioned } from '@medqueue/database'
import pg from 'pg'

import type { Run } from './run.ts'

const DEADLINE_MS = 60_000

/**
 * Waits until what the services have to tell each other has arrived: every outbox is empty and every consumer is at
 * the end of its stream. Only then does a newcomer find free slots. False when that takes too long.
 */
export async function waitUntilCaughtUp(run: Run): Promise<boolean> {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await outboxesEmpty(run.databases)) || (await pendingMessages(run.layout.urls.natsMonitor)) > 0) {
    run.stopping.signal.throwIfAborted()
    if (Date.now() > deadline) return false
    await delay(100)
  }
  return true
}

async function outboxesEmpty(databases: Readonly<Record<string, Provisioned>>): Promise<boolean> {
  const answers = await Promise.all(Object.values(databases).map(async ({ appUrl }) => outboxEmpty(appUrl)))
  return answers.every(Boolean)
}

async function outboxEmpty(url: string): Promise<boolean> {
  const client = outliveErrors(new pg.Client({ connectionString: url, application_name: 'launcher' }))
  await client.connect()
  try {
    const { rows } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('outbox') IS NOT NULL AS there`,
    )
    if (rows[0]?.there !== true) return true
    return (await client.query('SELECT 1 FROM outbox LIMIT 1')).rowCount === 0
  } finally {
    await client.end()
  }
}

interface JetStreamReport {
  account_details?: { stream_detail?: { consumer_detail?: ConsumerDetail[] }[] }[]
}

interface ConsumerDetail {
  num_pending: number
  num_ack_pending: number
}

/** Messages that durable and ordered consumers of this broker have still to take. */
async function pendingMessages(monitorUrl: string): Promise<number> {
  const answer = await fetch(`${monitorUrl}/jsz?consumers=true`, { signal: AbortSignal.timeout(5_000) })
  const report = (await answer.json()) as JetStreamReport
  const streams = (report.account_details ?? []).flatMap((account) => account.stream_detail ?? [])
  const consumers = streams.flatMap((stream) => stream.consumer_detail ?? [])
  return consumers.reduce((sum, { num_pending, num_ack_pending }) => sum + num_pending + num_ack_pending, 0)
}
