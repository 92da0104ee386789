import {
  BrokerConfig,
  DatabaseConfig,
  HttpConfig,
  loadConfig,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from '@medqueue/service-kit'
import { LOCAL_PORTS } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

export const DirectoryConfig = Type.Object({
  ...HttpConfig.properties,
  PORT: Type.Integer({ default: LOCAL_PORTS.directory, minimum: 0, maximum: 65_535 }),
  ...TokenConfig.properties,
  ...DatabaseConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...RedisConfig.properties,
  ...RateLimitConfig.properties,
})
export type DirectoryConfig = Static<typeof DirectoryConfig>

/** The environment as one frozen object. Throws CONFIG_INVALID naming every bad variable. */
export const readConfig = (env: NodeJS.ProcessEnv): Readonly<DirectoryConfig> =>
  loadConfig(DirectoryConfig, env)
