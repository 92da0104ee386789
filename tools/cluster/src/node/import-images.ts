import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
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

/** Brings the images into the node, unless it has exactly these. Layers that are there are not written again. */
export async function importImages(layout: ClusterLayout, ctr: string, saved: SavedImages): Promise<void> {
  const present = async () => imagesIn(await run(ctr, [...addressOf(layout), 'images', 'list']))
  const wanted = await digestsIn(saved)
  if (absent(wanted, await present()).length === 0) return
  await load([ctr, ...addressOf(layout), 'images', 'import', '-'], saved.folder)
  const missing = absent(wanted, await present())
  if (missing.length === 0) return
  throw new ClusterError('CLUSTER_IMAGE_FAILED', `The node has not taken ${missing.join(', ')}.`)
}

/** Digest by reference, from the table that `ctr images list` prints. */
export function imagesIn(table: string): Map<string, string> {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
  return new Map(rows.map(([reference = '', , digest = '']) => [reference, digest]))
}

/** References that are not there, or are there with other contents; an unknown digest fits any. */
export function absent(
  wanted: ReadonlyMap<string, string | undefined>,
  present: ReadonlyMap<string, string>,
): string[] {
  return [...wanted]
    .filter(([name, digest]) => !present.has(name) || (digest !== undefined && present.get(name) !== digest))
    .map(([name]) => name)
}

/** An OCI layout tells the digest of each image; an archive of docker does not. */
async function digestsIn({ folder, references }: SavedImages): Promise<Map<string, string | undefined>> {
  const file = join(folder, 'index.json')
  if (!existsSync(file)) return new Map(references.map((reference) => [reference, undefined]))
  const { manifests } = JSON.parse(await readFile(file, 'utf8')) as { manifests: Descriptor[] }
  const digests = new Map(manifests.map(({ annotations, digest }) => [annotations?.[NAME], digest]))
  return new Map(references.map((reference) => [reference, digests.get(reference)]))
}

const NAME = 'org.opencontainers.image.ref.name'

interface Descriptor {
  digest: string
  annotations?: Record<string, string>
}

const addressOf = ({ containerdSocket }: ClusterLayout) => [
  '--address',
  containerdSocket,
  '--namespace',
  NAMESPACE,
]

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
