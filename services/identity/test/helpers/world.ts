import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { createLogger, type Service } from '@medqueue/service-kit'
import { createTestDatabase, type Scope } from '@medqueue/testing'
import type pg from 'pg'

import { buildApp } from '../../src/app.ts'
import { type CodeFlowOptions, logInWithCode, type Tokens } from '../../src/cli/code-flow.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { newEncryptionKey } from '../../src/crypto/vault.ts'
import type { PersonRole } from '../../src/domain/users.ts'
import { CLI_CLIENT } from '../../src/oidc/clients.ts'
import type { Issuer } from '../../src/oidc/issuer.ts'
import { insertUser } from '../../src/store/insert-user.ts'

export const MIGRATIONS = join(import.meta.dirname, '../../migrations')
export const PASSWORD = 'seven-quiet-lamps-hum'
/** The hash of PASSWORD, worked out once. */
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$ffDbd00zkHALr532MVdctg$OITvR+7Hbb16JChqfV1bw4EK/pkGyziy93ohVCgikVg'
export const CLI_REDIRECT = 'http://127.0.0.1:49999/callback'
export const WEB_REDIRECT = 'https://app.example/callback'
export const SERVICE_CLIENT = { id: 'test-program', secret: 'a-secret-of-more-than-32-characters' }

export interface World {
  app: Service
  issuer: Issuer
  config: Config
  pool: pg.Pool
  /** Origin of the service. */
  url: string
  /** Moves the service's clock; not the provider's own, which is the machine's. */
  advance: (milliseconds: number) => void
  now: () => Date
  addUser: (user?: Partial<TestUser>) => Promise<TestUser>
  /** Logs in through the pages and returns the tokens. */
  logIn: (user: Pick<TestUser, 'email'>, options?: Partial<CodeFlowOptions>) => Promise<Tokens>
  /** One request to the API, as a person. */
  api: (path: string, options?: ApiOptions) => Promise<Response>
  /** Events in the outbox, oldest first. */
  events: (type?: string) => Promise<OutboxEvent[]>
}

export interface TestUser {
  id: string
  email: string
  displayName: string
  roles: PersonRole[]
}

export interface ApiOptions {
  method?: string
  token?: string
  body?: unknown
  headers?: Record<string, string>
}

export interface OutboxEvent {
  subject: string
  type: string
  version: number
  data: Record<string, unknown>
}

/** The whole service on a port of its own, with a database of its own and a clock that stands until it is moved. */
export async function createWorld(
  scope: Scope,
  env: NodeJS.ProcessEnv = {},
  connect: (url: string, own: pg.Pool) => Promise<pg.Pool> = async (_url, own) => own,
): Promise<World> {
  const database = await createTestDatabase(scope, MIGRATIONS)
  const { appUrl } = database
  const pool = await connect(appUrl, database.pool)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = readConfig({ ...environment(url, appUrl), ...env })
  let time = Date.now()
  const now = () => new Date(time)
  const logger = createLogger({ service: 'identity', level: 'silent' })
  const { app, issuer } = await buildApp(config, { pool, now, newId: randomUUID, logger })
  await app.listen({ host: '127.0.0.1', port })
  scope.teardown(async () => app.close())

  const addUser = (user: Partial<TestUser> = {}) => insertTestUser(pool, user)
  return {
    app,
    issuer,
    config,
    pool,
    url,
    now,
    advance: (milliseconds) => void (time += milliseconds),
    addUser,
    logIn: ({ email }, options) =>
      logInWithCode({
        issuer: config.ISSUER,
        clientId: CLI_CLIENT,
        redirectUri: CLI_REDIRECT,
        email,
        password: PASSWORD,
        ...options,
      }),
    api: (path, options) => callApi(url, path, options),
    events: (type) => readEvents(pool, type),
  }
}

/** What a service's environment holds, for a service at the URL. */
export function environment(url: string, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ISSUER: `${url}/oidc`,
    JWKS_URL: `${url}/oidc/jwks`,
    DATABASE_URL: databaseUrl,
    NATS_URL: 'nats://127.0.0.1:1',
    NATS_MONITOR_URL: 'http://127.0.0.1:1',
    KEY_ENCRYPTION_KEY: newEncryptionKey(),
    WEB_REDIRECT_URIS: WEB_REDIRECT,
    WEB_LOGOUT_URIS: 'https://app.example/',
    SERVICE_CLIENTS: JSON.stringify([SERVICE_CLIENT]),
    RATE_LIMIT_PER_MINUTE: '100000',
    SIGN_UPS_PER_MINUTE: '100000',
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function insertTestUser(pool: pg.Pool, given: Partial<TestUser>): Promise<TestUser> {
  const id = given.id ?? randomUUID()
  const user: TestUser = {
    id,
    email: `${id}@example.org`,
    displayName: 'Test Person',
    roles: ['patient'],
    ...given,
  }
  if (!(await insertUser(pool, { ...user, passwordHash: PASSWORD_HASH }))) throw new Error('user exists')
  return user
}

async function callApi(url: string, path: string, options: ApiOptions = {}): Promise<Response> {
  const { method = 'GET', token, body, headers = {} } = options
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

async function readEvents(pool: pg.Pool, type?: string): Promise<OutboxEvent[]> {
  const { rows } = await pool.query<{ subject: string; event: string }>(
    'SELECT subject, event FROM outbox ORDER BY id',
  )
  const events = rows.map(({ subject, event }) => {
    return { ...(JSON.parse(event) as Omit<OutboxEvent, 'subject'>), subject }
  })
  return type === undefined ? events : events.filter((event) => event.type === type)
}

/** A POST to the token endpoint. */
export async function requestToken(
  issuer: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, string>; response: Response }> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string>, response }
}

/** Exchanges a refresh token. */
export async function refresh(issuer: string, token: string, clientId = CLI_CLIENT) {
  return requestToken(issuer, { grant_type: 'refresh_token', client_id: clientId, refresh_token: token })
}

/** Revokes a token, RFC 7009. */
export async function revoke(issuer: string, token: string, clientId = CLI_CLIENT): Promise<number> {
  const body = new URLSearchParams({ client_id: clientId, token })
  const response = await fetch(`${issuer}/token/revocation`, { method: 'POST', body })
  return response.status
}

/** The claims of a token, unchecked. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, claims = ''] = token.split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}

export function headerOf(token: string): Record<string, unknown> {
  const [header = ''] = token.split('.')
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
}
