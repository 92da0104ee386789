import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the last build made; read by whoever brings the images into a cluster. */
export interface ImageManifest {
  engine: 'docker' | 'buildah'
  /** Tag of all images of our own. */
  tag: string
  /** Changes when a server's image does. */
  serversHash: string
  /** Folder with the images of our own, and one with those of servers: an OCI layout, or `images.tar`. */
  folders: { apps: string; servers: string }
  images: { name: string; reference: string; kind: 'app' | 'server'; bytes: number }[]
}

const fileIn = (folder: string) => join(folder, 'images.json')

export function readManifest(folder: string): ImageManifest | undefined {
  const file = fileIn(folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ImageManifest) : undefined
}

export async function writeManifest(folder: string, manifest: ImageManifest): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify(manifest, undefined, 2))
}
