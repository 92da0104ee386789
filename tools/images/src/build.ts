import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { messageOf, onPath, type Progress, run } from '@medqueue/servers'
import { ClusterError } from '@medqueue/cluster'

import {
  type AppImage,
  appImages,
  appReference,
  LOCAL_REGISTRY,
  LOCAL_REPOSITORY,
  SERVER_IMAGES,
  type ServerImage,
  serverReference,
} from './catalog.ts'
import { fillCompileCache } from './compile-cache.ts'
import {
  type AppContents,
  contentHash,
  contentsOf,
  ownFolders,
  productVersion,
  stageContext,
} from './context.ts'
import { dockerfileOf, filesDockerfile, type FilesImage } from './dockerfile.ts'
import { type Engine, findEngine } from './engine.ts'
import { type ImageManifest, readManifest, writeManifest } from './manifest.ts'
import { baseTree, RECIPES } from './rootfs/servers.ts'
import { newTree } from './rootfs/tree.ts'

const APP_DOCKERFILE = 'tools/images/dockerfiles/app.Dockerfile'
/** What an image may weigh on a node; a build that breaks it fails. */
export const MAX_BYTES = 250e6

export interface BuildOptions {
  root: string
  /** Folder of everything that is made: `.data/images`. */
  folder: string
  progress: Progress
  /** Image with Node that our own are built on; empty: made here from this machine's Node. */
  baseImage: string
  /** Servers to make images of. */
  servers: readonly ServerImage[]
  /** Writes them to files too, for a node; Docker itself and kind need none. */
  save: boolean
}

interface World extends BuildOptions {
  engine: Engine
  version: string
}

/** Builds what changed, and saves it where a node needs it. Returns what there is now. */
export async function buildImages(options: BuildOptions): Promise<ImageManifest> {
  const { root, folder } = options
  const engine = await findEngine(join(folder, 'storage'))
  const world = { ...options, engine, version: await productVersion(root) }
  const before = readManifest(folder)
  const servers = await buildServers(world, before)
  const apps = await buildApps(world, before, servers.base)
  const manifest: ImageManifest = {
    engine: engine.name,
    tag: apps.tag,
    serversHash: servers.hash,
    folders: { apps: apps.folder, servers: servers.folder },
    images: [...servers.images, ...apps.images],
  }
  await writeManifest(folder, manifest)
  const changed = manifest.tag !== before?.tag || manifest.serversHash !== before.serversHash
  if (changed) await engine.forgetAllBut(manifest.images.map(({ reference }) => reference))
  return manifest
}

type Images = ImageManifest['images']

/** The base and the servers: the same until one of their programs is of another version. */
async function buildServers(world: World, before: ImageManifest | undefined) {
  const { folder, engine, progress } = world
  const saved = join(folder, 'servers')
  const base = `${LOCAL_REGISTRY}/${LOCAL_REPOSITORY}/medqueue-base:${await recipeHash(['tree.ts'])}`
  const hash = await recipeHash(['servers.ts', 'postgres-entrypoint.ts', 'tree.ts'])
  const same = before?.engine === engine.name && before.serversHash === hash
  const made = same ? before.images.filter(({ kind }) => kind === 'server') : []
  const known = (await areThere(world, saved, made)) ? made : []
  const missing = world.servers.filter((name) => !known.some((image) => image.name === name))
  if (missing.length === 0) return { base, hash, folder: saved, images: known }
  const images: Images = [...known]
  if (known.length === 0) images.push(await buildBase(world, base))
  for (const name of missing) {
    await progress.track(`image ${name}`, async () => buildServer(world, name, base))
    const reference = serverReference(name)
    images.push({ name, reference, kind: 'server', bytes: await engine.size(reference) })
  }
  const references = images.filter(({ name }) => name !== 'base').map(({ reference }) => reference)
  await saveTo(world, { folder: saved, references, what: 'the images of servers' })
  return { base, hash, folder: saved, images }
}

async function buildBase(world: World, reference: string): Promise<Images[number]> {
  await world.progress.track('image base', async () => {
    const tree = join(world.folder, 'rootfs', 'base')
    await buildFiles(world, { reference, tree, image: await baseTree(tree) })
  })
  return { name: 'base', reference, kind: 'server', bytes: await world.engine.size(reference) }
}

/** Whether what an earlier build made is still where it is wanted: in files, or in the engine itself. */
async function areThere({ save, engine }: World, folder: string, images: Images): Promise<boolean> {
  if (save) return existsSync(folder)
  const sizes = await Promise.all(images.map(async ({ reference }) => engine.size(reference).catch(() => 0)))
  return sizes.every((size) => size > 0)
}

interface SaveRequest {
  folder: string
  references: readonly string[]
  what: string
}

/** Writes the images to files. What an earlier build wrote is of no use to anybody, wanted or not. */
async function saveTo({ save, engine, progress }: World, request: SaveRequest): Promise<void> {
  const { folder, references, what } = request
  if (save) await progress.track(`saving ${what}`, async () => engine.save(references, folder))
  else await rm(folder, { recursive: true, force: true })
}

/** Changes with the versions and with how the images are made. */
async function recipeHash(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(SERVER_IMAGES)).update(process.version)
  for (const file of files) hash.update(await readFile(join(import.meta.dirname, 'rootfs', file)))
  return hash.digest('hex').slice(0, 10)
}

async function buildServer(world: World, name: ServerImage, base: string): Promise<void> {
  const { folder, progress } = world
  const path = join(folder, 'rootfs', name)
  const tree = await newTree(path)
  const scratch = join(folder, 'scratch')
  const image = await RECIPES[name](tree, { say: progress.say, base, scratch })
  await buildFiles(world, { reference: serverReference(name), tree: path, image })
}

interface FilesRequest {
  reference: string
  tree: string
  image: FilesImage
}

async function buildFiles({ engine }: World, { reference, tree, image }: FilesRequest): Promise<void> {
  const dockerfile = `${tree}.Dockerfile`
  await writeFile(dockerfile, filesDockerfile(image))
  await engine.build({ reference, dockerfile, context: tree })
}

/** Our own images, on one image with all that they share. */
async function buildApps(world: World, before: ImageManifest | undefined, localBase: string) {
  const { root, folder, engine, progress, version } = world
  const images = appImages(root)
  await assertDockerfiles(root, images)
  const contents = contentsOf(root, images)
  const base = world.baseImage === '' ? localBase : world.baseImage
  const files = [APP_DOCKERFILE, ...images.map((image) => join(image.folder, 'Dockerfile'))]
  const hash = contentHash(root, ownFolders(contents), files)
  const tag = `${version}-${createHash('sha256').update(hash).update(base).digest('hex').slice(0, 10)}`
  const saved = join(folder, 'apps')
  if (before?.tag === tag && before.engine === engine.name) {
    const known = before.images.filter(({ kind }) => kind === 'app')
    if (await areThere(world, saved, known)) return { tag, folder: saved, images: known }
  }
  const built = await progress.track(`images of ${images.length} services and controllers`, async () =>
    buildAll(world, { images, contents, base, tag }),
  )
  const references = built.map(({ reference }) => reference)
  await saveTo(world, { folder: saved, references, what: 'the images' })
  return { tag, folder: saved, images: built }
}

interface AppBuild {
  images: readonly AppImage[]
  contents: AppContents
  base: string
  tag: string
}

async function buildAll(world: World, { images, contents, base, tag }: AppBuild): Promise<Images> {
  const { root, folder, engine, version } = world
  const context = join(folder, 'context')
  await stageContext(root, context, { images, contents, version })
  await fillCompileCache(context, world.baseImage === '' ? programsOf(images) : [])
  const shared = appReference('app', tag)
  await engine.build({
    reference: shared,
    dockerfile: join(root, APP_DOCKERFILE),
    context,
    args: { BASE_IMAGE: base },
  })
  const revision = await revisionOf(root)
  const built: Images = []
  for (const { name, folder: place } of images) {
    const reference = appReference(name, tag)
    const dockerfile = join(root, place, 'Dockerfile')
    const args = { APP_IMAGE: shared, VERSION: version, REVISION: revision }
    await engine.build({ reference, dockerfile, context, args })
    const bytes = await engine.size(reference)
    // Somebody else's base has the size it has.
    if (bytes > MAX_BYTES && world.baseImage === '') throw tooLarge(reference, bytes)
    built.push({ name, reference, kind: 'app', bytes })
  }
  return built
}

/** What pods start: services, controllers, and the program that prepares a database. */
function programsOf(images: readonly AppImage[]): string[] {
  const workers = images
    .filter(({ name }) => name === 'booking')
    .map(({ folder }) => `${folder}/src/worker-main.ts`)
  return [...images.map(({ entry }) => entry), ...workers, 'packages/database/src/prepare.ts']
}

function tooLarge(reference: string, bytes: number): ClusterError {
  const [size, limit] = [bytes, MAX_BYTES].map((value) => Math.round(value / 1e6))
  return new ClusterError(
    'CLUSTER_IMAGE_FAILED',
    `${reference} has ${size ?? 0} MB; the limit is ${limit ?? 0} MB.`,
  )
}

async function assertDockerfiles(root: string, images: readonly AppImage[]): Promise<void> {
  for (const image of images) {
    const text = await readFile(join(root, image.folder, 'Dockerfile'), 'utf8').catch(messageOf)
    if (text !== dockerfileOf(image)) {
      throw new ClusterError(
        'CLUSTER_IMAGE_FAILED',
        `${image.folder}/Dockerfile is missing or stale: run \`make generate-dockerfiles\`.`,
      )
    }
  }
}

/** The commit that is checked out, for the label. */
async function revisionOf(root: string): Promise<string> {
  const git = await onPath('git')
  if (git === undefined) return 'unknown'
  return run(git, ['rev-parse', 'HEAD'], { cwd: root }).then(
    (text) => text.trim(),
    () => 'unknown',
  )
}
