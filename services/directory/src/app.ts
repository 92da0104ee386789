import { buildService, type Service, type ServiceOptions } from '@medqueue/service-kit'
import type pg from 'pg'

import { DirectoryErrors } from './errors.ts'
import { clinicRoutes } from './routes/clinics.ts'
import { doctorRoutes } from './routes/doctors.ts'
import { patientRoutes } from './routes/patients.ts'
import { proxyRoutes } from './routes/proxies.ts'
import { serviceTypeRoutes } from './routes/service-types.ts'
import { specialtyRoutes } from './routes/specialties.ts'
import { addRpc } from './rpc/plugin.ts'

export const NAME = 'directory'
export const VERSION = '0.1.0'

export interface Deps extends Pick<ServiceOptions, 'redis' | 'readiness' | 'logger'> {
  pool: pg.Pool
  newId: () => string
  now: () => Date
}

/** The directory's HTTP service; it does not listen. */
export async function buildApp(config: ServiceOptions['config'], deps: Deps): Promise<Service> {
  const { pool, newId, now, ...shared } = deps
  const app = await buildService({ name: NAME, version: VERSION, config, errors: DirectoryErrors, ...shared })
  const options = { pool, newId, now }
  await app.register(doctorRoutes, options)
  await app.register(patientRoutes, options)
  await app.register(proxyRoutes, options)
  await app.register(clinicRoutes, options)
  await app.register(specialtyRoutes, options)
  await app.register(serviceTypeRoutes, options)
  await addRpc(app, pool)
  return app
}
