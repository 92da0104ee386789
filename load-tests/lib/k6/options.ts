import { settings } from './settings.ts'

/** Every patient lives once, for as long as the scenario lasts; what the script does not read is not kept. */
export function optionsOf(longestSeconds: number) {
  return {
    discardResponseBodies: true,
    noConnectionReuse: false,
    setupTimeout: '600s',
    summaryTrendStats: ['min', 'med', 'avg', 'p(90)', 'p(99)', 'max', 'count'],
    // Only what the summary needs: each tag more is another series to keep.
    systemTags: ['name'],
    scenarios: {
      patients: {
        executor: 'per-vu-iterations',
        vus: settings.vus,
        iterations: 1,
        maxDuration: `${Math.ceil(longestSeconds)}s`,
        gracefulStop: '0s',
      },
    },
  }
}

interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>
}

/** k6's own figures, to hold ours against. */
export function writeSummary(data: SummaryData): Record<string, string> {
  const names = [
    'http_reqs',
    'http_req_duration',
    'http_req_waiting',
    'data_sent',
    'data_received',
    'vus_max',
  ]
  const kept = names.map((name) => [name, data.metrics[name]?.values ?? {}])
  return { [settings.summaryFile]: JSON.stringify(Object.fromEntries(kept)) }
}
