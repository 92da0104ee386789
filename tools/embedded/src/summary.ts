import type { Platform } from './platform.ts'

/** What a newcomer needs to know once everything runs. */
export function summaryOf({ urls, dataDir }: Pick<Platform, 'urls' | 'dataDir'>, tookMs: number): string {
  return `
Medqueue runs (${(tookMs / 1000).toFixed(1)} s).

  API           ${urls.gateway}
  API docs      ${urls.gateway}/docs
  Log-in        ${urls.issuer}
  Data, logs    ${dataDir}, ${dataDir}/logs

Ctrl-C stops everything.`
}
