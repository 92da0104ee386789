import type { Service } from '@medqueue/service-kit'

import { capabilityStatement } from '../map/capability.ts'
import { baseOf, sendResource } from './http.ts'

/** Changes with the statement. */
const WRITTEN = { date: '2026-11-22', version: '0.1.0' }

/** `GET /fhir/R4/metadata`. */
export function metadataRoutes(app: Service): void {
  app.get('/metadata', { config: { permission: 'public' }, schema: { hide: true } }, (request, reply) =>
    sendResource(request, reply, capabilityStatement({ base: baseOf(request), ...WRITTEN })),
  )
}
