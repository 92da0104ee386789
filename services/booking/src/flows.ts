import type { Service } from '@medqueue/service-kit'

import { daySheetRoutes } from './routes/day-sheets.ts'
import { gridRoutes } from './routes/grids.ts'
import { seriesChangeRoutes } from './routes/series-changes.ts'
import { seriesRoutes, type SeriesRoutesOptions } from './routes/series.ts'

export type FlowDeps = SeriesRoutesOptions

/** What is built on single appointments: series of visits, and the days of the front desk. */
export async function registerFlows(app: Service, deps: FlowDeps): Promise<void> {
  await app.register(gridRoutes, deps)
  await app.register(daySheetRoutes, deps)
  await app.register(seriesRoutes, deps)
  await app.register(seriesChangeRoutes, deps)
}
