import type { Service } from '@medqueue/service-kit'

import { boardRoutes } from './routes/boards.ts'
import { daySheetRoutes } from './routes/day-sheets.ts'
import { gridRoutes } from './routes/grids.ts'
import { replanRoutes } from './routes/replans.ts'
import { seriesChangeRoutes } from './routes/series-changes.ts'
import { seriesRoutes, type SeriesRoutesOptions } from './routes/series.ts'
import { ticketRoutes, type TicketRoutesOptions } from './routes/tickets.ts'
import { waitlistRoutes, type WaitlistRoutesOptions } from './routes/waitlist.ts'

export type FlowDeps = SeriesRoutesOptions & WaitlistRoutesOptions & TicketRoutesOptions

/**
 * What is built on single appointments: series of visits, the waitlist, days planned anew, the line at the clinic, and the views of
 * the front desk.
 */
export async function registerFlows(app: Service, deps: FlowDeps): Promise<void> {
  await app.register(gridRoutes, deps)
  await app.register(daySheetRoutes, deps)
  await app.register(seriesRoutes, deps)
  await app.register(seriesChangeRoutes, deps)
  await app.register(waitlistRoutes, deps)
  await app.register(replanRoutes, deps)
  await app.register(ticketRoutes, deps)
  await app.register(boardRoutes, deps)
}
