/** The part of oidc-provider that is used here; the package carries no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** What the provider wants remembered. */
  export type AdapterPayload = Record<string, unknown>

  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void>
    find(id: string): Promise<AdapterPayload | undefined>
    findByUid(uid: string): Promise<AdapterPayload | undefined>
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>
    destroy(id: string): Promise<void>
    revokeByGrantId(grantId: string): Promise<void>
    consume(id: string): Promise<void>
  }

  export interface Client {
    clientId: string
    clientName?: string
    applicationType: string
    clientAuthMethod: string
    redirectUris: string[]
    grantTypeAllowed(type: string): boolean
  }

  export interface Account {
    accountId: string
    claims(use: string, scope: string): Promise<Record<string, unknown>>
  }

  export interface Grant {
    jti: string
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }

  export interface Token {
    kind: string
    clientId: string
    grantId?: string
    remainingTTL: number
    scopes: Set<string>
  }

  export interface OidcContext {
    provider: Provider
    client?: Client
    session?: { accountId?: string; grantIdFor(clientId: string): string | undefined }
    params?: Record<string, string | undefined>
    result?: { login?: unknown }
    route: string
    entities: { Account?: Account; Client?: Client; RotatedRefreshToken?: Token }
  }

  export interface Context {
    oidc: OidcContext
    req: IncomingMessage
    /** As it was sent, without the question mark. */
    querystring: string
    type: string
    body: unknown
    status: number
    set(name: string, value: string): void
    /** The one of the types that the client likes best, or false. */
    accepts(...types: string[]): string | false
  }

  export interface InteractionDetails {
    uid: string
    prompt: { name: string }
    params: Record<string, string | undefined>
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly issuer: string
    proxy: boolean
    readonly Grant: {
      new (properties: { accountId: string; clientId: string }): Grant
      find(id: string): Promise<Grant | undefined>
    }
    readonly Client: { find(id: string): Promise<Client | undefined> }
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): this
    on(event: string, listener: (...args: never[]) => void): this
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>
    interactionResult(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { mergeWithLastSubmission?: boolean },
    ): Promise<string>
  }
  export default Provider

  export namespace errors {
    class OIDCProviderError extends Error {
      error: string
      error_description?: string
      status: number
      expose: boolean
    }
    class InvalidGrant extends OIDCProviderError {
      constructor(detail: string)
    }
    class InvalidTarget extends OIDCProviderError {
      constructor(description?: string)
    }
    class SessionNotFound extends OIDCProviderError {}
  }

  export namespace interactionPolicy {
    class Check {
      static readonly REQUEST_PROMPT: true
      static readonly NO_NEED_TO_PROMPT: false
      constructor(reason: string, description: string, error: string, check: (ctx: Context) => boolean)
    }
    interface Prompt {
      checks: { add(check: Check): void }
    }
    interface Policy {
      get(name: string): Prompt | undefined
      remove(name: string): void
    }
    function base(): Policy
  }
}
