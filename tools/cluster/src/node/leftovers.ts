/** What a node leaves on the machine, found by looking at the machine rather than at what we remember. Pure. */

import { createHash } from 'node:crypto'

export interface ProcessRow {
  pid: number
  ppid: number
  command: readonly string[]
}

/** The shims of our containerd, told from others by the socket they were started with. */
export function shimsOf(rows: readonly ProcessRow[], socket: string): ProcessRow[] {
  return rows.filter(
    ({ command }) => command[0]?.endsWith('containerd-shim-runc-v2') === true && command.includes(socket),
  )
}

/** The processes themselves and everything below them. */
export function withDescendants(rows: readonly ProcessRow[], roots: readonly ProcessRow[]): ProcessRow[] {
  const found = new Set(roots.map(({ pid }) => pid))
  for (let grown = true; grown;) {
    grown = false
    for (const { pid, ppid } of rows) {
      if (found.has(pid) || !found.has(ppid)) continue
      found.add(pid)
      grown = true
    }
  }
  return rows.filter(({ pid }) => found.has(pid))
}

/** Mount points below the folders, innermost first, from the text of `/proc/self/mountinfo`. */
export function mountsBelow(mountinfo: string, folders: readonly string[]): string[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map(unescapeMount)
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .reverse()
}

/** The kernel writes blanks and backslashes of a path as octal numbers. */
function unescapeMount(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
}

/** Tables of the packet filter that are ours or kube-proxy's, from `nft --json list tables`. */
export function tablesToDelete(
  listing: { nftables: { table?: { family: string; name: string } }[] },
  own: string,
): { family: string; name: string }[] {
  return listing.nftables
    .flatMap(({ table }) => table ?? [])
    .filter(({ name }) => name === own || name === 'kube-proxy')
}

/** The folder of control groups that kubelet makes, in each hierarchy of the older kind or in the only one. */
export function podGroups(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((point) => `${unescapeMount(point)}/kubepods`)
}

/** The socket of a shim, in a folder that cannot be chosen, under a hash of whose it is. */
export function shimSocket({ command }: ProcessRow, containerdSocket: string): string[] {
  const option = (name: string) => command[command.indexOf(name) + 1] ?? ''
  if (!command.includes('-id') || !command.includes('-namespace')) return []
  const whose = `${containerdSocket}/${option('-namespace')}/${option('-id')}`
  return [`/run/containerd/s/${createHash('sha256').update(whose).digest('hex')}`]
}

/** Results that the network plugins kept for our pods: of our network, and of the loopback in the same pods. */
export function networkResults(names: readonly string[]): string[] {
  const pods = new Set(names.flatMap((name) => /^medqueue-([0-9a-f]+)-/.exec(name)?.[1] ?? []))
  const podOf = (name: string) => /^(?:medqueue|cni-loopback)-([0-9a-f]+)-/.exec(name)?.[1] ?? ''
  return names.filter((name) => pods.has(podOf(name)))
}
