import type { Service } from '@medqueue/service-kit'

import { daySheetRoutes } from './routes/day-sheets.ts'
import { gridRoutes } from './routes/grids.ts'
import type { ViewDeps } from './staff-views/reader.ts'

export type FlowDeps = ViewDeps

/** What the front desk works with, beside single appointments. */
export async function registerFlows(app: Service, deps: FlowDeps): Promise<void> {
  await app.register(gridRoutes, deps)
  await app.register(daySheetRoutes, deps)
}
