/**
 * When an access token ends, in seconds since 1970. The token has been checked already; only its claims are read here.
 * Undefined when it carries none.
 */
export function expiryOf(token: string): number | undefined {
  const payload = token.split('.')[1] ?? ''
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown }
  return typeof claims.exp === 'number' ? Math.floor(claims.exp) : undefined
}
