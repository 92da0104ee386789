/** `make images`: builds every image. `IMAGE_REGISTRY=host/place` pushes those of our own there. */
import { join, resolve } from 'node:path'

import { messageOf, progressOn } from '@medqueue/servers'

import { buildImages } from './build.ts'
import { serversNamed } from './catalog.ts'
import { findEngine } from './engine.ts'

const root = resolve(import.meta.dirname, '../../..')
const folder = join(resolve(root, process.env.MEDQUEUE_DATA ?? '.data'), 'images')
const progress = progressOn(process.stderr)

async function main(): Promise<void> {
  const baseImage = process.env.BASE_IMAGE ?? ''
  const servers = serversNamed(process.env.IMAGE_SERVERS ?? '')
  const save = process.env.IMAGE_SAVE !== '0'
  const manifest = await buildImages({ root, folder, progress, baseImage, servers, save })
  const apps = manifest.images.filter(({ kind }) => kind === 'app')
  const registry = process.env.IMAGE_REGISTRY ?? ''
  if (registry !== '') {
    const engine = await findEngine(join(folder, 'storage'))
    for (const { name, reference } of apps) {
      await engine.push(reference, `${registry}/medqueue-${name}:${manifest.tag}`)
    }
  }
  progress.end()
  const largest = Math.max(...apps.map(({ bytes }) => bytes))
  console.log(
    `images: ${apps.length} of services and controllers with the tag ${manifest.tag}, the largest ${Math.round(largest / 1e6)} MB, built with ${manifest.engine}`,
  )
}

main().catch((error: unknown) => {
  progress.end()
  console.error(messageOf(error))
  process.exitCode = 1
})
