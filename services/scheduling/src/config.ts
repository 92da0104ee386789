import {
  BrokerConfig,
  DatabaseConfig,
  HttpConfig,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from '@medqueue/service-kit'
import { type Static, Type } from 'typebox'

/** What the service reads from its environment. */
export const SchedulingConfig = Type.Object({
  ...HttpConfig.properties,
  ...TokenConfig.properties,
  ...DatabaseConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...RedisConfig.properties,
  ...RateLimitConfig.properties,
  /** Whom calendars name as the organizer of visits. */
  CALENDAR_EMAIL: Type.String({
    default: 'no-reply@medqueue.dev',
    pattern: '^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}$',
  }),
  /** Days ahead, from today in UTC, for which windows are published. */
  HORIZON_DAYS: Type.Integer({ default: 120, minimum: 1, maximum: 730 }),
})
export type SchedulingConfig = Readonly<Static<typeof SchedulingConfig>>
