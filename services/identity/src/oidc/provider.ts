import { type Adapter, type Client, type Context, errors, Provider, type Token } from 'oidc-provider'
import type { FastifyBaseLogger } from 'fastify'

import type { Config } from '../config.ts'
import type { PrivateJwk } from '../crypto/signing-keys.ts'
import type { User } from '../domain/users.ts'
import { clientsOf } from './clients.ts'
import { answerServerErrors, type OAuthError, refuseNul, renderError } from './error-answers.ts'
import { createPolicy } from './policy.ts'
import { loggedOutPage, logoutPage, originsOf, pageHeaders } from './pages.ts'

/** What access tokens are for: the platform's API, named when a client names nothing. */
export const API_RESOURCE = 'urn:medqueue:api'
export const API_SCOPE = 'api'
const OIDC_SCOPES = 'openid profile email offline_access'

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

export interface ProviderOptions {
  config: Config
  /** The signing key first, then those that only verify. */
  keys: readonly PrivateJwk[]
  cookieKey: string
  adapter: (model: string) => Adapter
  /** An active user, or undefined. */
  findUser: (id: string) => Promise<User | undefined>
  logger: FastifyBaseLogger
}

interface PersonAccount {
  accountId: string
  user: User
  claims: () => Promise<Record<string, unknown>>
}

/** An OIDC provider for one set of keys. It keeps nothing itself, so it is replaced whole when the keys change. */
export function createProvider(options: ProviderOptions): Provider {
  const { config, logger } = options
  const provider = new Provider(config.ISSUER, {
    ...protocol(config),
    adapter: options.adapter,
    jwks: { keys: options.keys.map((key) => ({ ...key })) },
    clients: clientsOf(config),
    cookies: cookies(config, options.cookieKey),
    interactions: {
      policy: createPolicy(),
      url: (_ctx: Context, { uid }: { uid: string }) => `/interaction/${uid}`,
    },
    findAccount: async (_ctx: Context, id: string) => accountOf(await options.findUser(id)),
    loadExistingGrant,
    extraTokenClaims,
    features: features(config),
    renderError: async (ctx: Context, out: OAuthError) => renderError(ctx, out),
  })
  // Links are made of the issuer's own origin, which the route sets; what a client says of itself is not believed.
  provider.proxy = true
  provider.use(withPageHeaders(config))
  provider.use(refuseNul)
  answerServerErrors(provider, logger)
  return provider
}

/** What is spoken: authorization code with PKCE S256, refresh, client credentials; ES256 throughout. */
function protocol(config: Config): object {
  const sessionSeconds = config.SESSION_DAYS * DAY
  return {
    responseTypes: ['code'],
    scopes: OIDC_SCOPES.split(' '),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    subjectTypes: ['public'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientBasedCORS: (_ctx: Context, origin: string) => originsOf(config.WEB_REDIRECT_URIS).includes(origin),
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx: Context, client: { grantTypeAllowed: (type: string) => boolean }) =>
      client.grantTypeAllowed('refresh_token'),
    // A refresh token ends with the log-in it came from, asked for offline or not.
    expiresWithSession: async () => true,
    ttl: {
      AccessToken: config.ACCESS_TOKEN_SECONDS,
      ClientCredentials: config.ACCESS_TOKEN_SECONDS,
      AuthorizationCode: MINUTE,
      IdToken: 15 * MINUTE,
      Interaction: 10 * MINUTE,
      Session: sessionSeconds,
      Grant: sessionSeconds,
      // Rotation does not lengthen a log-in.
      RefreshToken: ({ oidc }: Context) => oidc.entities.RotatedRefreshToken?.remainingTTL ?? sessionSeconds,
    },
  }
}

function features(config: Config): object {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    // The API's own GET /v1/me says who somebody is.
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: {
      enabled: true,
      allowedPolicy: async (_ctx: Context, client: Client, token: Token) =>
        token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => API_RESOURCE,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (_ctx: Context, resource: string) => {
        if (resource !== API_RESOURCE) throw new errors.InvalidTarget()
        return {
          scope: API_SCOPE,
          audience: config.TOKEN_AUDIENCE,
          accessTokenTTL: config.ACCESS_TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }
      },
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx: Context, form: string) => void (ctx.body = logoutPage(form)),
      postLogoutSuccessSource: async (ctx: Context) => void (ctx.body = loggedOutPage()),
    },
  }
}

/** Over TLS the names carry the prefixes that let browsers refuse a cookie set by a neighbouring host. */
function cookies({ ISSUER }: Config, key: string): object {
  const secure = ISSUER.startsWith('https:')
  const options = { httpOnly: true, sameSite: 'lax', secure, signed: true }
  return {
    keys: [key],
    long: options,
    short: options,
    names: {
      session: secure ? '__Host-session' : 'session',
      interaction: secure ? '__Secure-interaction' : 'interaction',
      resume: secure ? '__Secure-resume' : 'resume',
    },
  }
}

function accountOf(user: User | undefined): PersonAccount | undefined {
  if (user === undefined) return undefined
  return {
    accountId: user.id,
    user,
    claims: async () => ({ sub: user.id, name: user.displayName, email: user.email }),
  }
}

/** One grant for each log-in and client: it is what log-out and re-use of a refresh token end. */
async function loadExistingGrant({ oidc }: Context): Promise<unknown> {
  const { client, session, provider } = oidc
  const accountId = session?.accountId
  if (client === undefined || accountId === undefined) return undefined
  const known = session?.grantIdFor(client.clientId)
  const existing = known === undefined ? undefined : await provider.Grant.find(known)
  if (existing !== undefined) return existing
  const grant = new provider.Grant({ accountId, clientId: client.clientId })
  grant.addOIDCScope(OIDC_SCOPES)
  grant.addResourceScope(API_RESOURCE, API_SCOPE)
  await grant.save()
  return grant
}

/** The claims services decide by. Roles are read anew at each refresh. */
async function extraTokenClaims({ oidc }: Context, token: Token): Promise<Record<string, unknown>> {
  if (token.kind === 'ClientCredentials') return { roles: ['service'] }
  const account = oidc.entities.Account as PersonAccount | undefined
  return { roles: account?.user.roles ?? [], sid: token.grantId }
}

function withPageHeaders(config: Config) {
  const targets = originsOf([...config.WEB_REDIRECT_URIS, ...config.WEB_LOGOUT_URIS])
  const headers = Object.entries(pageHeaders(targets))
  return async (ctx: Context, next: () => Promise<void>): Promise<void> => {
    for (const [name, value] of headers) ctx.set(name, value)
    await next()
  }
}
