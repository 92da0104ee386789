/**
 * `make dashboards-test`: uses a platform, lets a real Prometheus read its processes, and sees that every expression of
 * every dashboard returns data and that Prometheus takes every alert. The platform is started here; with KUBECONFIG and
 * INGRESS_URL it is the one in that cluster, and the operator's expressions are looked at, too. Ends in a line of figures.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BUNDLES } from '../all.ts'
import { REPOSITORY } from '../generated.ts'
import { checkExpressions, type Findings } from './check.ts'
import { startPrometheus } from './prometheus.ts'
import { makeTraffic, type Traffic } from './traffic.ts'
import { clusterWorld, embeddedWorld, type World } from './world.ts'

const PATIENCE_MS = 120_000
/** The operator's dashboard and alerts. */
const OPERATOR = /^(medqueue-operator \/|Operator|WorkerPool|WorkerDrains|BookingQueue(NotReady|Old|Drift))/

const { KUBECONFIG, INGRESS_URL } = process.env
const useCluster = KUBECONFIG !== undefined && INGRESS_URL !== undefined
process.stderr.write(useCluster ? `looking at ${INGRESS_URL}\n` : 'starting a platform\n')
const world = useCluster ? await clusterWorld(KUBECONFIG, INGRESS_URL) : await embeddedWorld()
try {
  report(world, ...(await look(world)))
} finally {
  await world.stop()
}

async function look({ base, issuer, targets, hasOperator }: World): Promise<[Findings, Traffic]> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-prometheus-'))
  // Where there is no operator, its alerts rightly say so.
  const rules = BUNDLES.filter(({ chart }) => hasOperator || chart !== 'medqueue-operator').map(({ chart }) =>
    join(REPOSITORY, 'charts', chart, 'files/rules/alerts.yaml'),
  )
  const prometheus = await startPrometheus({ folder, targets, rules })
  const enough = new AbortController()
  const traffic = makeTraffic({ base, issuer, signal: enough.signal })
  // Whoever fails first ends both.
  const failed = traffic.then(() => new Promise<never>(() => undefined))
  try {
    const checked = checkExpressions(prometheus, {
      patienceMs: PATIENCE_MS,
      includes: ({ place }) => hasOperator || !OPERATOR.test(place),
    })
    const findings = await Promise.race([checked, failed])
    enough.abort()
    return [findings, await traffic]
  } finally {
    enough.abort()
    await prometheus.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function report({ targets, hasOperator }: World, findings: Findings, { booked, events }: Traffic): void {
  const { withData, withoutData, invalid, alerts, validAlerts } = findings
  for (const { place, text } of withoutData) process.stderr.write(`no data: ${place}: ${text}\n`)
  for (const { expression, error } of invalid)
    process.stderr.write(`invalid: ${expression.place}: ${error}\n`)
  for (const alert of alerts) process.stderr.write(`alert: ${alert}\n`)
  const total = withData + withoutData.length
  process.stdout.write(
    `dashboards: ${withData} of ${total} expressions return data · ${validAlerts} alert expressions valid, ` +
      `${alerts.length} active · ${targets.length} processes${hasOperator ? '' : ' without the operator'} · ` +
      `${booked} bookings, ${events} live events\n`,
  )
  if (withoutData.length + invalid.length > 0) process.exitCode = 1
}
