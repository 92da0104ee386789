export interface TestServerUrls {
  /** Superuser's URL. */
  postgresUrl: string
  natsUrl: string
  natsMonitorUrl: string
  redisUrl: string
}

/** The servers that the test runner started. Throws when the tests were not started through it. */
export function testServers(env: NodeJS.ProcessEnv = process.env): TestServerUrls {
  return {
    postgresUrl: required(env, 'TEST_POSTGRES_URL'),
    natsUrl: required(env, 'TEST_NATS_URL'),
    natsMonitorUrl: required(env, 'TEST_NATS_MONITOR_URL'),
    redisUrl: required(env, 'TEST_REDIS_URL'),
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (value !== undefined && value !== '') return value
  throw new Error(`${name} is not set: run the tests with \`make test\` or \`make test FILES=<files>\``)
}
