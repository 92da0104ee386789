import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import type { Role } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { createLogger, type Service } from '@medqueue/service-kit'
import { createTestDatabase, createTokenIssuer, type Scope, type TestDatabase } from '@medqueue/testing'

import { buildApp } from '../../src/app.ts'
import { type OutsideWorld, PUBLIC_INTERNET } from '../../src/calendars/outside/world.ts'
import type { SchedulingConfig } from '../../src/config.ts'
import type { Core } from '../../src/core.ts'
import { upsertClinics } from '../../src/store/upsert-clinics.ts'
import { upsertDoctors } from '../../src/store/upsert-doctors.ts'

export const migrations = join(import.meta.dirname, '../../migrations')
export const silent = createLogger({ service: 'scheduling', version: '0.0.0', level: 'silent' })

/** A Monday. */
export const NOW = Date.UTC(2027, 0, 4, 15)
export const HORIZON_DAYS = 120

export interface World {
  app: Service
  database: TestDatabase
  core: Core
  /** What time it is for the service; a test may move it on. */
  clock: { now: number }
  /** An Authorization header of somebody with these roles; a stranger unless an id is given. */
  as: (roles: Role | readonly Role[], id?: string) => { authorization: string }
  addClinic: (clinic?: { zone?: string; active?: boolean }) => Promise<string>
  addDoctor: (clinicIds: string[], doctor?: { active?: boolean }) => Promise<string>
}

/** The service on a database of its own, with a real issuer and a clock of its own; all of it ends with the scope. */
export async function createWorld(scope: Scope, outside: OutsideWorld = PUBLIC_INTERNET): Promise<World> {
  const database = await createTestDatabase(scope, migrations)
  const { pool } = database
  const issuer = await createTokenIssuer(scope)
  const clock = { now: NOW }
  const core: Core = { pool, horizonDays: HORIZON_DAYS, now: () => clock.now, newId: randomUUID }
  const config = {
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent',
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    TOKEN_AUDIENCE: issuer.audience,
    RATE_LIMIT_PER_MINUTE: 100_000,
    CALENDAR_EMAIL: 'calendar@clinic.example',
  } as SchedulingConfig
  const app = await buildApp(config, { core, logger: silent, world: outside })
  await app.ready()
  scope.teardown(async () => app.close())

  return {
    app,
    database,
    core,
    clock,
    as: (roles, id = randomUUID()) => {
      return {
        authorization: `Bearer ${issuer.token({ sub: id, roles: typeof roles === 'string' ? [roles] : roles })}`,
      }
    },
    addClinic: async ({ zone = 'America/Sao_Paulo', active = true } = {}) => {
      const id = randomUUID()
      await withTransaction(pool, async (client) => upsertClinics(client, [{ id, zone, active, version: 1 }]))
      return id
    },
    addDoctor: async (clinicIds, { active = true } = {}) => {
      const id = randomUUID()
      await withTransaction(pool, async (client) =>
        upsertDoctors(client, [{ id, clinicIds, active, version: 1 }]),
      )
      return id
    },
  }
}
