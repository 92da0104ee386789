import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { aptInstall, hasApt, isRoot, messageOf, onPath } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import { findProgram, type Say } from '../programs/find.ts'
import type { Machine } from './config-files.ts'
import { DEBIAN_PROGRAMS } from './parts.ts'

const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']
const CNI_PACKAGE = 'containernetworking-plugins'
const GO_PARTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
]
/** Root's programs are not on everybody's PATH. */
const SBIN = ['/usr/sbin', '/sbin', '/usr/local/sbin']

export interface Requirements {
  /** Path by name of every program that the node runs. */
  programs: Map<string, string>
  machine: Machine
}

/** Everything the node needs, fetched where it is missing. Throws with what a person can do where it cannot be. */
export async function requirements(say: Say): Promise<Requirements> {
  if (process.platform !== 'linux' || !isRoot()) {
    throw new ClusterError(
      'CLUSTER_UNSUPPORTED',
      'A node of one’s own needs Linux and root: run as root, or install Docker and kind, or set KUBECONFIG to a cluster.',
    )
  }
  const programs = await systemPrograms(say)
  for (const name of GO_PARTS) programs.set(name, await findProgram(name, say))
  const cniPlugins = cniFolder()
  if (cniPlugins === undefined) throw missing(CNI_PACKAGE, 'it was installed and holds no plugins')
  return { programs, machine: { cniPlugins } }
}

/** The Debian packages that a node needs and that are not here. */
export async function missingPackages(): Promise<string[]> {
  return packagesOf(await lookUp())
}

function packagesOf({ missing: names }: { missing: readonly string[] }): string[] {
  const packages = new Set(names.map((name) => DEBIAN_PROGRAMS[name] ?? name))
  if (cniFolder() === undefined) packages.add(CNI_PACKAGE)
  return [...packages]
}

async function systemPrograms(say: Say): Promise<Map<string, string>> {
  const first = await lookUp()
  const packages = packagesOf(first)
  if (packages.length === 0) return first.found
  const wanted = packages.join(' ')
  if (!(await hasApt())) throw missing(wanted, 'this is no Debian')
  say(`installing ${wanted}`)
  await aptInstall(packages).catch((error: unknown) => {
    throw missing(wanted, messageOf(error))
  })
  const second = await lookUp()
  if (second.missing.length > 0) throw missing(second.missing.join(' '), 'not on the PATH after installation')
  return second.found
}

async function lookUp(): Promise<{ found: Map<string, string>; missing: string[] }> {
  const found = new Map<string, string>()
  const absent: string[] = []
  for (const name of Object.keys(DEBIAN_PROGRAMS)) {
    const path = await onPath(name, SBIN)
    if (path === undefined) absent.push(name)
    else found.set(name, path)
  }
  return { found, missing: absent }
}

const cniFolder = () => CNI_FOLDERS.find((folder) => existsSync(join(folder, 'bridge')))

function missing(what: string, why: string): ClusterError {
  return new ClusterError(
    'CLUSTER_PROGRAM_MISSING',
    `${what} is missing and could not be installed: install it and try again (${why}).`,
  )
}

/** A PATH on which the parts find each other: containerd its shim and runc, kubelet mount. */
export function pathFor(programs: ReadonlyMap<string, string>): string {
  const folders = new Set([...programs.values()].map(dirname))
  return [...folders, ...SBIN, '/usr/bin', '/bin'].join(':')
}
