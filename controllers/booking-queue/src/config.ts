import { hostname } from 'node:os'

import { BrokerConfig, HttpConfig, loadConfig } from '@medqueue/service-kit/config'
import { type Static, Type } from 'typebox'

const { HOST, PORT, LOG_LEVEL } = HttpConfig.properties

export const ControllerConfig = Type.Object({
  /** Where `/livez`, `/readyz` and `/metrics` are. */
  HOST,
  PORT,
  LOG_LEVEL,
  ...BrokerConfig.properties,
  /** The only namespace that is looked at; every one when empty. */
  WATCH_NAMESPACE: Type.String({ default: '', maxLength: 63 }),
  /** Who this process is, in the lease. */
  POD_NAME: Type.String({ default: hostname(), minLength: 1, maxLength: 253 }),
  /** Where the lease is. */
  POD_NAMESPACE: Type.String({ default: 'default', minLength: 1, maxLength: 63 }),
})
export type ControllerConfig = Static<typeof ControllerConfig>

/** The controller's configuration from the environment. Throws CONFIG_INVALID. */
export const loadControllerConfig = (env?: NodeJS.ProcessEnv): Readonly<ControllerConfig> =>
  loadConfig(ControllerConfig, env)
