import { randomBytes } from 'node:crypto'

import { apiCode, type Broker, connectBroker, STREAM_NOT_FOUND } from '@medqueue/messaging'

import { testServers } from './environment.ts'
import type { Scope } from './scope.ts'

/** A connection to the test broker, closed with the scope. */
export async function connectTestBroker(scope: Scope): Promise<Broker> {
  const broker = await connect('test')
  scope.teardown(async () => broker.close())
  return broker
}

/** A subject prefix of the scope's own. Its streams are deleted with the scope. */
export function testPrefix(scope: Scope): string {
  const prefix = `t${randomBytes(6).toString('hex')}`
  scope.teardown(async () => deleteStreams(prefix))
  return prefix
}

/** A busy test machine is no failure of the code. */
const PATIENT = { startTimeoutMs: 60_000, answerTimeoutMs: 60_000 }

async function connect(name: string): Promise<Broker> {
  const { natsUrl, natsMonitorUrl } = testServers()
  return connectBroker({ url: natsUrl, monitorUrl: natsMonitorUrl, name, ...PATIENT })
}

async function deleteStreams(prefix: string): Promise<void> {
  const broker = await connect('test-cleaner')
  try {
    const names = await broker.jsm.streams.names().next()
    for (const name of names.filter((candidate) => candidate.startsWith(`${prefix}_`))) {
      await broker.jsm.streams.delete(name).catch((error: unknown) => {
        // The test itself may have deleted it.
        if (apiCode(error) !== STREAM_NOT_FOUND) throw error
      })
    }
  } finally {
    await broker.close()
  }
}
