import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import { run } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import { type ClusterLayout, NETWORK } from '../layout.ts'

/** Settings of the kernel that the node needs. Those that a kubelet sets by itself are here to be put back. */
const WANTED: Readonly<Record<string, string>> = {
  'net/ipv4/ip_forward': '1',
  'net/bridge/bridge-nf-call-iptables': '1',
}
const KUBELET_SETS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
]

const pathOf = (name: string) => `/proc/sys/${name}`

/** The bridge with the node's address, forwarding, and a rule that lets pods reach what the machine reaches. */
export async function setUpNetwork(layout: ClusterLayout): Promise<void> {
  await assertFree()
  if (!existsSync(pathOf('net/bridge'))) await run('modprobe', ['br_netfilter']).catch(noBridgeFilter)
  noteSysctls(layout)
  for (const [name, value] of Object.entries(WANTED)) writeFileSync(pathOf(name), value)
  const { bridge, node, pods, table } = NETWORK
  if (!existsSync(`/sys/class/net/${bridge}`)) {
    await run('ip', ['link', 'add', bridge, 'type', 'bridge'])
    await run('ip', ['addr', 'add', `${node}/${pods.split('/')[1] ?? ''}`, 'dev', bridge])
  }
  await run('ip', ['link', 'set', bridge, 'up'])
  await run('nft', [masqueradeTable(table, pods)])
}

/** What leaves the pods' network goes out under the machine's address. */
export function masqueradeTable(table: string, pods: string): string {
  return [
    `add table ip ${table}`,
    `delete table ip ${table}`, // So that the definition below replaces rather than adds.
    `table ip ${table} {`,
    '  chain postrouting {',
    '    type nat hook postrouting priority 100;',
    `    ip saddr ${pods} ip daddr != ${pods} masquerade`,
    '  }',
    '}',
    '',
  ].join('\n')
}

function noBridgeFilter(): never {
  throw new ClusterError(
    'CLUSTER_UNSUPPORTED',
    'The kernel has no br_netfilter, without which services do not work between pods: load that module and try again.',
  )
}

/** Another network of the machine may use our addresses; then nothing good can come of going on. */
async function assertFree(): Promise<void> {
  const routes = JSON.parse(await run('ip', ['-json', 'route', 'show'])) as { dst: string; dev?: string }[]
  const taken = routes.find(({ dst, dev }) => dev !== NETWORK.bridge && /^10\.(244|96)\./.test(dst))
  if (taken === undefined) return
  throw new ClusterError(
    'CLUSTER_UNSUPPORTED',
    `The machine already has a route to ${taken.dst} by ${taken.dev ?? 'another device'}, an address the cluster uses: stop what made it (another Kubernetes?) and try again.`,
  )
}

/** Notes the settings as they were, once: a second start must not take ours for the machine's. */
function noteSysctls({ sysctlFile }: ClusterLayout): void {
  if (existsSync(sysctlFile)) return
  const names = [...Object.keys(WANTED), ...KUBELET_SETS].filter((name) => existsSync(pathOf(name)))
  const values = Object.fromEntries(names.map((name) => [name, readFileSync(pathOf(name), 'utf8').trim()]))
  writeFileSync(sysctlFile, JSON.stringify(values, undefined, 2))
}

/** The settings that were noted, by name; empty when there are none. */
export function notedSysctls({ sysctlFile }: ClusterLayout): [string, string][] {
  if (!existsSync(sysctlFile)) return []
  return Object.entries(JSON.parse(readFileSync(sysctlFile, 'utf8')) as Record<string, string>)
}

export const writeSysctl = (name: string, value: string) => writeFileSync(pathOf(name), value)
