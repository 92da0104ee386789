import { randomUUID } from 'node:crypto'

import { createTokenIssuer, type Scope, type TokenIssuer } from '@medqueue/testing'

import { buildService, createLogger, type Service, type ServiceOptions } from '../../src/index.ts'

export interface World {
  app: Service
  issuer: TokenIssuer
  /** Everything logged so far, one parsed line each. */
  logs: Record<string, unknown>[]
  /** Headers with a good token of a new person. */
  as: (role: 'patient' | 'doctor' | 'admin' | 'stakeholder', sub?: string) => { authorization: string }
}

interface Overrides extends Omit<Partial<ServiceOptions>, 'config'> {
  config?: Partial<ServiceOptions['config']>
}

/** A service with its own issuer, closed with the scope. `routes` runs before the service is ready. */
export async function world(
  scope: Scope,
  routes: (app: Service) => void = () => undefined,
  { config, ...overrides }: Overrides = {},
): Promise<World> {
  const issuer = await createTokenIssuer(scope)
  const logs: Record<string, unknown>[] = []
  const write = (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>)
  const app = await buildService({
    name: 'example',
    version: '1.2.3',
    logger: createLogger({ service: 'example', level: config?.LOG_LEVEL ?? 'info' }, { write }),
    config: {
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'info',
      ISSUER: issuer.issuer,
      JWKS_URL: issuer.jwksUrl,
      TOKEN_AUDIENCE: issuer.audience,
      ...config,
    },
    ...overrides,
  })
  scope.teardown(async () => app.close())
  routes(app)
  const as: World['as'] = (role, sub = randomUUID()) => bearer(issuer.token({ sub, roles: [role] }))
  return { app, issuer, logs, as }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}
