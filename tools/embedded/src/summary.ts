import { DEMO_PASSWORD, demoUsers } from '@medqueue/identity/seed'

import type { Platform } from './platform.ts'

export interface DemoLogin {
  role: string
  email: string
  password: string
}

/** The log-ins that the demonstration data brings, one for each role. */
export function demoLogins(): DemoLogin[] {
  return demoUsers().map(({ email, roles }) => ({ role: roles.join(', '), email, password: DEMO_PASSWORD }))
}

/** What a newcomer needs to know once everything runs. */
export function summaryOf(
  { urls, dataDir }: Pick<Platform, 'urls' | 'dataDir'>,
  logins: readonly DemoLogin[],
  tookMs: number,
): string {
  const rows = logins.map(({ role, email, password }) => `  ${role.padEnd(13)} ${email}  ${password}`)
  return `
Medqueue runs (${(tookMs / 1000).toFixed(1)} s).

  API           ${urls.gateway}
  API docs      ${urls.gateway}/docs
  Token issuer  ${urls.issuer}
  Data, logs    ${dataDir}, ${dataDir}/logs

Demo log-ins (role, e-mail, password); \`make token AS=patient\` prints a token for curl:
${rows.join('\n')}

Ctrl-C stops everything.`
}
