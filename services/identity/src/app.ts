import type pg from 'pg'
import type { RedisClientType } from 'redis'

import {
  buildService,
  formatTraceparent,
  ProblemError,
  type ReadinessChecks,
  type Service,
  type ServiceOptions,
  type TraceContext,
} from '@medqueue/service-kit'

import type { Config } from './config.ts'
import { GateFullError } from './crypto/gate.ts'
import { createPasswords } from './crypto/passwords.ts'
import { createVault } from './crypto/vault.ts'
import type { KeyPolicy } from './domain/key-schedule.ts'
import { IdentityErrors } from './errors.ts'
import type { EventContext } from './events/identity-events.ts'
import { createIdentityMetrics } from './metrics.ts'
import { createAdapter } from './oidc/adapter.ts'
import { type Issuer, startIssuer } from './oidc/issuer.ts'
import { createProvider } from './oidc/provider.ts'
import { requireStanding } from './plugins/standing.ts'
import { interactionRoutes } from './routes/interaction.ts'
import { meRoutes } from './routes/me.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { signUpRoutes } from './routes/sign-up.ts'
import { userRoleRoutes } from './routes/user-roles.ts'
import { userRoutes } from './routes/users.ts'
import { callerStanding } from './store/caller-standing.ts'
import { findUser } from './store/find-user.ts'
import { listUsers } from './store/list-users.ts'
import { changeUser } from './users/change-user.ts'
import { createLanes } from './users/lanes.ts'
import { logIn } from './users/log-in.ts'
import { register } from './users/register.ts'

const SECOND = 1_000
/** Tries of one person from one address that may wait for each other. */
const TRIES_IN_TURN = 32
const DAY = 24 * 3_600 * SECOND

export interface Dependencies {
  pool: pg.Pool
  now: () => Date
  newId: () => string
  readiness?: ReadinessChecks
  redis?: RedisClientType | undefined
  logger?: ServiceOptions['logger']
}

export interface IdentityApp {
  app: Service
  issuer: Issuer
}

/** When keys change: from the configuration, and kept for a day, longer than anything they sign is worth. */
export function keyPolicyOf(config: Pick<Config, 'KEY_ROTATION_DAYS' | 'KEY_LEAD_SECONDS'>): KeyPolicy {
  return {
    rotateAfterMs: config.KEY_ROTATION_DAYS * DAY,
    leadMs: config.KEY_LEAD_SECONDS * SECOND,
    keepMs: DAY,
  }
}

/** The whole service without a port. Reads the signing keys, and makes the first one on an empty database. */
export async function buildApp(config: Config, deps: Dependencies): Promise<IdentityApp> {
  const { pool, now, newId, readiness, redis, logger } = deps
  const app = await buildService({
    name: 'identity',
    version: '0.1.0',
    config,
    errors: IdentityErrors,
    redis,
    readiness: { postgres: () => ping(pool), ...readiness },
    ...(logger === undefined ? {} : { logger }),
  })
  const metrics = createIdentityMetrics(app.metrics)
  const vault = createVault(config.KEY_ENCRYPTION_KEY)
  const passwords = createPasswords({
    concurrency: config.PASSWORD_CONCURRENCY,
    queue: config.PASSWORD_QUEUE,
  })
  const lanes = createLanes({ queue: TRIES_IN_TURN })
  const events: EventContext = { newId, now, accessTokenSeconds: config.ACCESS_TOKEN_SECONDS }
  const eventsOf = (traceparent: string): EventContext => ({ ...events, traceparent })
  const active = async (id: string) => {
    const user = await findUser(pool, id)
    return user?.active === true ? user : undefined
  }

  const adapter = createAdapter({ pool, events })
  const cookieKey = vault.derive('cookies').toString('base64url')
  const issuer = await startIssuer({
    keyContext: { pool, vault, policy: keyPolicyOf(config), now },
    pollMs: config.KEY_POLL_SECONDS * SECOND,
    createProvider: (keys) =>
      createProvider({ config, keys, cookieKey, adapter, findUser: active, logger: app.log }),
    logger: app.log,
  })
  app.addHook('onClose', async () => issuer.stop())

  const traceparentOf = ({ trace }: { trace: TraceContext }) => formatTraceparent(trace)
  const users = {
    findUser: (id: string) => findUser(pool, id),
    listUsers: (filter: Parameters<typeof listUsers>[1]) => listUsers(pool, filter),
    changeUser: (change: Parameters<typeof changeUser>[1], traceparent: string) =>
      changeUser({ pool, events: eventsOf(traceparent) }, change),
    traceparentOf,
  }
  await app.register(async (api) => {
    api.addHook(
      'preHandler',
      requireStanding((id, sid) => callerStanding(pool, id, sid)),
    )
    await api.register(signUpRoutes, {
      perMinute: config.SIGN_UPS_PER_MINUTE,
      register: async (signUp, traceparent) => {
        await orBusy(register({ pool, passwords, events: eventsOf(traceparent) }, signUp))
        metrics.signUp()
      },
      traceparentOf,
    })
    await api.register(userRoutes, users)
    await api.register(userRoleRoutes, users)
    await api.register(meRoutes, users)
  })
  await app.register(oidcRoutes, { issuer: config.ISSUER, provider: issuer.current })
  await app.register(interactionRoutes, {
    issuer: config.ISSUER,
    provider: issuer.current,
    logIn: async (request) => {
      const outcome = await logIn({ pool, vault, passwords, lanes, now }, request)
      metrics.logIn(outcome.kind)
      return outcome
    },
    csrfOf: (uid) => vault.mark('log-in form', uid).toString('base64url'),
  })
  return { app, issuer }
}

async function ping(pool: pg.Pool): Promise<void> {
  await pool.query('SELECT 1')
}

async function orBusy(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof GateFullError)) throw error
    throw new ProblemError(IdentityErrors.IDENTITY_BUSY, { headers: { 'retry-after': '2' }, cause: error })
  }
}
