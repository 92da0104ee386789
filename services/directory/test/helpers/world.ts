import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import type { Role } from '@medqueue/contracts'
import { createLogger, type Service } from '@medqueue/service-kit'
import { createTestDatabase, createTokenIssuer, type Scope, type TestDatabase } from '@medqueue/testing'

import { buildApp } from '../../src/app.ts'

export const migrations = join(import.meta.dirname, '../../migrations')
export const silent = createLogger({ service: 'directory', version: '0.0.0', level: 'silent' })

export interface World {
  app: Service
  database: TestDatabase
  /** An Authorization header of somebody with these roles; a stranger unless an id is given. */
  as: (roles: Role | readonly Role[], id?: string) => { authorization: string }
}

/** The service on a database of its own, with a real issuer; all of it ends with the scope. */
export async function createWorld(scope: Scope): Promise<World> {
  const database = await createTestDatabase(scope, migrations)
  const issuer = await createTokenIssuer(scope)
  const app = await buildApp(
    {
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      ISSUER: issuer.issuer,
      JWKS_URL: issuer.jwksUrl,
      TOKEN_AUDIENCE: issuer.audience,
    },
    { pool: database.pool, newId: randomUUID, now: () => new Date(), logger: silent },
  )
  await app.ready()
  scope.teardown(async () => app.close())
  const as: World['as'] = (roles, id = randomUUID()) => {
    return {
      authorization: `Bearer ${issuer.token({ sub: id, roles: [roles].flat<(Role | readonly Role[])[]>() })}`,
    }
  }
  return { app, database, as }
}
