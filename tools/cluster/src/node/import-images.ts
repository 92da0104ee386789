import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { run } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import type { ClusterLayout } from '../layout.ts'

const NAMESPACE = 'k8s.io'

export interface SavedImages {
  /** An OCI layout, or a folder with `images.tar`. */
  folder: string
  references: readonly string[]
}

/** Brings the images into the node, unless it has all of them. Layers that are there already are not written again. */
export async function importImages(layout: ClusterLayout, ctr: string, saved: SavedImages): Promise<void> {
  const client = ctrFor(layout, ctr)
  const present = new Set((await client(['images', 'list', '--quiet'])).split('\n'))
  if (saved.references.every((reference) => present.has(reference))) return
  await load([ctr, ...addressOf(layout), 'images', 'import', '-'], saved.folder)
  const after = new Set((await client(['images', 'list', '--quiet'])).split('\n'))
  const missing = saved.references.filter((reference) => !after.has(reference))
  if (missing.length === 0) return
  throw new ClusterError('CLUSTER_IMAGE_FAILED', `The node has not taken ${missing.join(', ')}.`)
}

/** Removes images of our own that an earlier build made; containers that still run keep what they need. */
export async function removeOldImages(
  layout: ClusterLayout,
  ctr: string,
  keep: readonly string[],
): Promise<void> {
  const client = ctrFor(layout, ctr)
  const present = (await client(['images', 'list', '--quiet'])).split('\n')
  const old = outdated(present, keep)
  if (old.length > 0) await client(['images', 'remove', ...old])
}

/** Those of the local place that are of an app and not among the ones to keep. */
export function outdated(present: readonly string[], keep: readonly string[]): string[] {
  return present.filter((reference) => {
    return reference.startsWith('docker.io/local/medqueue-') && !keep.includes(reference)
  })
}

const addressOf = ({ containerdSocket }: ClusterLayout) => [
  '--address',
  containerdSocket,
  '--namespace',
  NAMESPACE,
]

function ctrFor(layout: ClusterLayout, ctr: string) {
  return async (args: string[]) => run(ctr, [...addressOf(layout), ...args])
}

/** An OCI layout is packed on the way; an archive is sent as it is. */
async function load(command: readonly string[], folder: string): Promise<void> {
  const archive = join(folder, 'images.tar')
  const pack = existsSync(archive) ? ['cat', archive] : ['tar', '-C', folder, '-cf', '-', '.']
  const [file = '', ...args] = command
  const source = spawn(pack[0] ?? '', pack.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] })
  const sink = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let complaint = ''
  sink.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const ended = new Promise<number | null>((resolve, reject) => {
    sink.on('error', reject)
    sink.on('close', resolve)
  })
  await pipeline(source.stdout, sink.stdin).catch(() => undefined) // The importer says what is wrong.
  const code = await ended
  if (code === 0) return
  throw new ClusterError('CLUSTER_IMAGE_FAILED', `The node refused the images: ${complaint.trim()}`)
}
