import { ChartError } from '../errors.ts'
import { podsOf } from '../manifest.ts'
import { declaredEdges, type Shape } from '../rules/edges.ts'
import { edgesOf, type Place, policiesOf, type Port } from '../rules/network.ts'
import { namespaceOf, type Rendered } from './scenarios.ts'
import type { World } from './steps.ts'

/** Every port that anything here listens on, and some at which nothing may be reached. */
const PORTS: readonly Port[] = [
  ...[22, 53, 443, 4222, 5432, 6222, 6379, 6443, 8080, 8222].map((port): Port => ({ protocol: 'TCP', port })),
  { protocol: 'UDP', port: 53 },
]

/**
 * Who is no part of the release. The scenarios name the namespaces of the ingress controller and of Prometheus, and the
 * address of the API server.
 */
const OTHERS: readonly Place[] = [
  { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  { name: 'ingress controller', namespace: 'ingress', labels: {} },
  { name: 'prometheus', namespace: 'monitoring', labels: {} },
  { name: 'operator', namespace: 'medqueue-system', labels: {} },
  { name: 'stranger', namespace: 'other', labels: {} },
  { name: 'neighbour', namespace: 'medqueue', labels: { app: 'neighbour' } },
  { name: 'labelled', namespace: 'medqueue', labels: { 'medqueue.dev/gateway': 'true' } },
  { name: 'labelled elsewhere', namespace: 'other', labels: { 'medqueue.dev/gateway': 'true' } },
  { name: 'api server', address: '10.4.0.5' },
  { name: 'internet', address: '203.0.113.9' },
  { name: 'private network', address: '192.168.7.7' },
  { name: 'metadata of the cloud', address: '169.254.169.254' },
]

/** Where the scenario with external servers has them. */
const ADDRESSES = { postgresql: '10.1.0.5', redis: '10.2.0.5', nats: '10.3.0.5' } as const

/** What the policies allow must be the declared edges, no more and no less. */
export async function checkNetwork({ rendered }: World): Promise<string> {
  const counts = rendered.map(({ scenario, objects }) =>
    scenario.shape === undefined ? 0 : checkOne({ scenario, objects }, scenario.shape),
  )
  return `${counts.reduce((sum, count) => sum + count, 0)} edges as declared`
}

function checkOne({ scenario, objects }: Pick<Rendered, 'scenario' | 'objects'>, shape: Shape): number {
  const ours = placesOf({ scenario, objects }, shape)
  const allowed = allowedEdges(ours, policiesOf(objects, namespaceOf(scenario.chart)), shape)
  const declared = declaredEdges(shape)
  const missing = declared.filter((edge) => !allowed.includes(edge)).map((edge) => `not allowed: ${edge}`)
  const surplus = allowed.filter((edge) => !declared.includes(edge)).map((edge) => `not declared: ${edge}`)
  if (missing.length + surplus.length === 0) return declared.length
  throw new ChartError(
    'CHART_RULE',
    `${scenario.chart} ${scenario.name}: ${[...missing, ...surplus].join('; ')}`,
  )
}

/** The pods of the release, and a second broker where there are several. */
function placesOf({ scenario, objects }: Pick<Rendered, 'scenario' | 'objects'>, { nats }: Shape): Place[] {
  const pods = podsOf(objects).map(({ labels }) => {
    const name = labels['app.kubernetes.io/component'] ?? ''
    return { name, namespace: namespaceOf(scenario.chart), labels }
  })
  const twins = nats === 'cluster' ? pods.filter(({ name }) => name === 'nats') : []
  return [...pods, ...twins.map((pod) => ({ ...pod, name: 'other nats' }))]
}

function allowedEdges(ours: Place[], policies: ReturnType<typeof policiesOf>, shape: Shape): string[] {
  const servers = Object.entries(ADDRESSES).filter(([name]) => shape[name as keyof Shape] === 'external')
  const outside = servers.map(([name, address]): Place => ({ name: `outside ${name}`, address }))
  const names = new Set(ours.map(({ name }) => name))
  // A connection between two who are both no part of the release is not the release's to judge.
  return edgesOf(policies, [...ours, ...OTHERS, ...outside], PORTS).filter((edge) => {
    const [from = '', rest = ''] = edge.split(' → ')
    return names.has(from) || names.has(rest.slice(0, rest.lastIndexOf(':')))
  })
}
