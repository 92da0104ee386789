/**
 * What tests need of the world, on real servers. Scope: the life of a test (its `t`) or of a whole file
 * (`fileScope(test)`); everything made in a scope is taken down with it, last made first. Template: a migrated
 * database that every test database of the same migrations is cloned from.
 */
export { selfSigned } from './certificate.ts'
export { connectTestBroker, testPrefix } from './broker.ts'
export { createTestDatabase, type TestDatabase } from './database.ts'
export { type TestServerUrls, testServers } from './environment.ts'
export { connectTestRedis } from './redis.ts'
export { fileScope, type Scope } from './scope.ts'
export { createTokenIssuer, type TokenClaims, type TokenIssuer } from './token-issuer.ts'
export { type TlsFront, tlsFront, type TlsOpening } from './tls-front.ts'
