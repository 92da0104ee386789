import { buildService, type Service } from '@medqueue/service-kit'
import type { Logger } from 'pino'
import type { RedisClientType } from 'redis'

import { type OutsideWorld, PUBLIC_INTERNET } from './calendars/outside/world.ts'
import { newToken } from './calendars/token.ts'
import type { SchedulingConfig } from './config.ts'
import type { Core } from './core.ts'
import { SchedulingErrors } from './errors.ts'
import { calendarFeedRoutes } from './routes/calendar-feeds.ts'
import { calendarSubscriptionRoutes } from './routes/calendar-subscriptions.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { resourceRoutes } from './routes/resources.ts'
import { closureRoutes } from './routes/closures.ts'
import { holidayCalendarRoutes } from './routes/holiday-calendars.ts'
import { rotaExceptionRoutes } from './routes/rota-exceptions.ts'
import { rotaRoutes } from './routes/rotas.ts'
import { scheduleChangeRoutes } from './routes/schedule-changes.ts'
import { scheduleHitRoutes } from './routes/schedule-hits.ts'
import { windowRoutes } from './routes/windows.ts'

export interface SchedulingDeps {
  core: Core
  redis?: RedisClientType
  logger?: Logger
  /** Where outside calendars may be; tests bring their own. */
  world?: OutsideWorld
}

/** The service's HTTP side. Never listens. */
export async function buildApp(config: SchedulingConfig, deps: SchedulingDeps): Promise<Service> {
  const { core, redis, logger, world = PUBLIC_INTERNET } = deps
  const app = await buildService({
    name: 'scheduling',
    version: '0.1.0',
    config,
    errors: SchedulingErrors,
    redis,
    readiness: { database: () => answers(core) },
    ...(logger === undefined ? {} : { logger }),
  })
  await app.register(rotaRoutes, { core })
  await app.register(rotaExceptionRoutes, { core })
  await app.register(scheduleChangeRoutes, { core })
  await app.register(windowRoutes, { core })
  await app.register(resourceRoutes, { core })
  await app.register(closureRoutes, { core })
  await app.register(holidayCalendarRoutes, { core })
  await app.register(scheduleHitRoutes, { core })
  const origin = new URL(config.ISSUER).origin
  const organizer = { name: 'Medqueue', email: config.CALENDAR_EMAIL }
  const calendars = { core, origin, organizer, newToken }
  await app.register(calendarFeedRoutes, { calendars })
  await app.register(calendarRoutes, { calendars })
  await app.register(calendarSubscriptionRoutes, { core, world })
  return app
}

async function answers({ pool }: Core): Promise<void> {
  await pool.query('SELECT 1')
}
