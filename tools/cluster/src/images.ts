import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { LocalImages } from './charts/values.ts'
import { ClusterError } from './errors.ts'
import { ROOT } from './layout.ts'

/** What `make images` wrote; the tool that builds images depends on this one, so it is read and not imported. */
interface Manifest {
  engine: 'docker' | 'buildah'
  tag: string
  folders: { apps: string; servers: string }
  images: { name: string; reference: string; kind: 'app' | 'server' }[]
}

export interface BuiltImages extends LocalImages {
  engine: 'docker' | 'buildah'
  folders: { apps: string; servers: string }
  /** References by what they are. */
  references: { apps: string[]; servers: string[] }
  hasControllers: boolean
}

/** Builds what changed, as a program of its own whose progress is shown, and tells what there is. */
export async function buildImages(env: NodeJS.ProcessEnv = {}): Promise<BuiltImages> {
  const program = join(ROOT, 'tools/images/src/main.ts')
  const code = await new Promise<number | null>((settle, reject) => {
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    })
    child.on('error', reject)
    child.on('close', settle)
  })
  if (code !== 0)
    throw new ClusterError('CLUSTER_IMAGE_FAILED', 'The images were not built; the reason is above.')
  return readImages()
}

/** What the last build made. */
export function readImages(env: NodeJS.ProcessEnv = process.env): BuiltImages {
  const file = join(resolve(ROOT, env.MEDQUEUE_DATA ?? '.data'), 'images', 'images.json')
  if (!existsSync(file))
    throw new ClusterError('CLUSTER_IMAGE_FAILED', 'There are no images: run `make images`.')
  const { engine, tag, folders, images } = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const of = (kind: string) =>
    images.filter((image) => image.kind === kind && image.name !== 'base').map(({ reference }) => reference)
  const servers = images.filter(({ kind }) => kind === 'server')
  return {
    engine,
    tag,
    folders,
    servers: Object.fromEntries(servers.map(({ name, reference }) => [name, reference])),
    references: { apps: of('app'), servers: of('server') },
    hasControllers: ['booking-queue', 'worker-pool'].every((name) =>
      images.some((image) => image.name === `${name}-controller`),
    ),
  }
}
