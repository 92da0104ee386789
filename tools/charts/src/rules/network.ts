/**
 * Vocabulary. Place: a pod, or an address outside the cluster. Edge: a connection that policies allow, from one place to
 * a port of another. Rules as in https://kubernetes.io/docs/concepts/services-networking/network-policies/: a pod that no
 * policy selects is open; otherwise what any policy allows is allowed, and both ends must allow it.
 */
import type { KubeObject, Labels } from '../manifest.ts'

export interface PodPlace {
  name: string
  labels: Labels
  namespace: string
  /** Labels of its namespace; `kubernetes.io/metadata.name` is added. */
  namespaceLabels?: Labels
}

export interface OutsidePlace {
  name: string
  /** IPv4 address. */
  address: string
}

export type Place = PodPlace | OutsidePlace

export interface Port {
  protocol: 'TCP' | 'UDP'
  port: number
}

interface Selector {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

interface Peer {
  podSelector?: Selector
  namespaceSelector?: Selector
  ipBlock?: { cidr: string; except?: string[] }
}

interface Rule {
  from?: Peer[]
  to?: Peer[]
  ports?: { protocol?: string; port?: number; endPort?: number }[]
}

export interface PolicySpec {
  podSelector: Selector
  policyTypes?: string[]
  ingress?: Rule[]
  egress?: Rule[]
}

interface Policy {
  namespace: string
  spec: PolicySpec
}

/** The policies among the objects of a chart. */
export function policiesOf(objects: readonly KubeObject[], namespace: string): Policy[] {
  return objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? namespace, spec: spec as PolicySpec }))
}

/** Whether the first place may connect to that port of the second. */
export function mayConnect(policies: readonly Policy[], from: Place, to: Place, port: Port): boolean {
  return (
    allows(policies, { subject: from, other: to, port, type: 'Egress' }) &&
    allows(policies, { subject: to, other: from, port, type: 'Ingress' })
  )
}

/** `from → to:port` for every pair and port that the policies allow, sorted. */
export function edgesOf(
  policies: readonly Policy[],
  places: readonly Place[],
  ports: readonly Port[],
): string[] {
  const edges = places.flatMap((from) =>
    places
      .filter((to) => to !== from)
      .flatMap((to) =>
        ports
          .filter((port) => mayConnect(policies, from, to, port))
          .map(
            ({ protocol, port }) => `${from.name} → ${to.name}:${port}${protocol === 'UDP' ? '/udp' : ''}`,
          ),
      ),
  )
  return edges.sort()
}

interface Question {
  subject: Place
  other: Place
  port: Port
  type: 'Ingress' | 'Egress'
}

function allows(policies: readonly Policy[], { subject, other, port, type }: Question): boolean {
  if ('address' in subject) return true
  const selecting = policies.filter(
    (policy) =>
      policy.namespace === subject.namespace &&
      matches(policy.spec.podSelector, subject.labels) &&
      typesOf(policy.spec).includes(type),
  )
  if (selecting.length === 0) return true
  return selecting.some(({ namespace, spec }) => {
    const rules = (type === 'Ingress' ? spec.ingress : spec.egress) ?? []
    return rules.some((rule) => {
      const peers = type === 'Ingress' ? rule.from : rule.to
      return (
        hasPort(rule, port) && (peers === undefined || peers.some((peer) => isPeer(peer, other, namespace)))
      )
    })
  })
}

function typesOf({ policyTypes, egress }: PolicySpec): string[] {
  return policyTypes ?? (egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'])
}

function hasPort({ ports }: Rule, { protocol, port }: Port): boolean {
  if (ports === undefined || ports.length === 0) return true
  return ports.some((allowed) => {
    const from = allowed.port ?? 0
    const to = allowed.endPort ?? allowed.port ?? 65_535
    return (allowed.protocol ?? 'TCP') === protocol && port >= from && port <= to
  })
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, place: Place, namespace: string): boolean {
  if ('address' in place) return ipBlock !== undefined && isInBlock(ipBlock, place.address)
  if (ipBlock !== undefined) return false // Addresses of pods change; a block means what is outside.
  const labels = { ...place.namespaceLabels, 'kubernetes.io/metadata.name': place.namespace }
  const inNamespace =
    namespaceSelector === undefined ? place.namespace === namespace : matches(namespaceSelector, labels)
  return inNamespace && matches(podSelector ?? {}, place.labels)
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
  return equal && matchExpressions.every((expression) => holds(expression, labels))
}

function holds(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Labels,
) {
  const value = labels[key]
  const isOneOf = value !== undefined && values.includes(value)
  const answers: Record<string, boolean> = {
    In: isOneOf,
    NotIn: !isOneOf,
    Exists: value !== undefined,
    DoesNotExist: value === undefined,
  }
  return answers[operator] ?? false
}

function isInBlock({ cidr, except = [] }: { cidr: string; except?: string[] }, address: string): boolean {
  return isInCidr(cidr, address) && !except.some((hole) => isInCidr(hole, address))
}

function isInCidr(cidr: string, address: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  const shift = 2 ** (32 - Number(bits))
  return Math.floor(numberOf(base) / shift) === Math.floor(numberOf(address) / shift)
}

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
