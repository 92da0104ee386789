import { createClient, type RedisClientType } from 'redis'

import { testServers } from './environment.ts'
import type { Scope } from './scope.ts'

/** A connection to the test Redis, closed with the scope. Other tests share the server: use keys of your own. */
export async function connectTestRedis(scope: Scope): Promise<RedisClientType> {
  const client: RedisClientType = createClient({ url: testServers().redisUrl })
  client.on('error', () => undefined) // The command that meets the error throws it.
  await client.connect()
  scope.teardown(() => client.destroy())
  return client
}
