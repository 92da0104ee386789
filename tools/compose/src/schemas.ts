import { ApiConfig, WorkerConfig } from '@medqueue/booking/config'
import { DirectoryConfig } from '@medqueue/directory/config'
import { GatewayConfig } from '@medqueue/gateway/config'
import { Config as IdentityConfig } from '@medqueue/identity/config'
import { RealtimeConfig } from '@medqueue/realtime/config'
import { SchedulingConfig } from '@medqueue/scheduling/config'
import type { TObject } from 'typebox'

/** What each process reads from its environment, by service and program. */
export const SCHEMAS: Readonly<Record<string, TObject>> = {
  'identity/main': IdentityConfig,
  'directory/main': DirectoryConfig,
  'scheduling/main': SchedulingConfig,
  'booking/api-main': ApiConfig,
  'booking/worker-main': WorkerConfig,
  'realtime/main': RealtimeConfig,
  'gateway/main': GatewayConfig,
}

/** Of these variables, those that the process reads: it is told no secret that it does not need. Throws on an unknown process. */
export function known<T>(process: string, environment: Readonly<Record<string, T>>): Record<string, T> {
  const schema = SCHEMAS[process]
  if (schema === undefined) throw new RangeError(`Nobody says what ${process} reads: add it to schemas.ts.`)
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name in schema.properties))
}
