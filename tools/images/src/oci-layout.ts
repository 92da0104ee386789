import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'org.opencontainers.image.ref.name'

interface Descriptor {
  digest: string
  annotations?: Record<string, string>
}

interface Manifest {
  config: Descriptor
  layers: Descriptor[]
}

/** Leaves only those images in an OCI layout: what is kept from an earlier build saves packing the same layers again. */
export async function pruneLayout(folder: string, references: readonly string[]): Promise<void> {
  const file = join(folder, 'index.json')
  if (!existsSync(file)) return
  const index = JSON.parse(await readFile(file, 'utf8')) as { manifests: Descriptor[] }
  const manifests = index.manifests.filter(({ annotations }) =>
    references.includes(annotations?.[NAME] ?? ''),
  )
  const used = new Set<string>()
  for (const { digest } of manifests) {
    const manifest = JSON.parse(await readFile(blob(folder, digest), 'utf8')) as Manifest
    for (const one of [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)]) {
      used.add(one.replace('sha256:', ''))
    }
  }
  await writeFile(file, JSON.stringify({ ...index, manifests }))
  const blobs = join(folder, 'blobs/sha256')
  const old = (await readdir(blobs)).filter((name) => !used.has(name))
  await Promise.all(old.map(async (name) => rm(join(blobs, name))))
}

const blob = (folder: string, digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
