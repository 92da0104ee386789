import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

import type { AppImage } from './catalog.ts'
import { type Installed, isWorkspace, type Lock, productionClosure } from './lock.ts'
import { sbomOf } from './sbom.ts'

/** What is not read at run time: types, maps from compiled code to its source, documents. */
const NOT_READ = /\.(d\.[cm]?ts|[cm]?js\.map|ts\.map|md|markdown|flow)$/
/** Folders of a package that are not read either; deeper down, such a name may mean anything. */
const NOT_RUN = /^\/(node_modules|test|tests|__tests__|docs|example|examples|benchmark|benchmarks)(\/|$)/
const NOT_OURS = /\/(test|bench|node_modules|Dockerfile)$|\.md$/

/** Everything that goes into images of our own. */
export interface AppContents {
  installed: Installed[]
  lock: Lock
}

export function contentsOf(root: string, images: readonly AppImage[]): AppContents {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock }
  const installed = productionClosure(
    packages,
    images.map(({ folder }) => folder),
  ).filter(({ path }) => existsSync(join(root, path)))
  return { installed, lock: packages }
}

/** Folders of our own code that go into images. */
export function ownFolders(contents: AppContents): string[] {
  return contents.installed.filter(isWorkspace).map(({ path }) => path)
}

/**
 * A name for the contents: changes when any file that goes into an image does, so that a tag never means two things.
 * Of what is installed, package-lock.json tells all.
 */
export function contentHash(root: string, folders: readonly string[], also: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const file of filesBelow(join(root, folder))) {
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  for (const file of [...also, 'package-lock.json']) hash.update(readFileSync(join(root, file)))
  hash.update(process.version)
  return hash.digest('hex').slice(0, 10)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => ({ entry, path: join(folder, entry.name) }))
    .filter(({ path }) => !NOT_OURS.test(path))
    .flatMap(({ entry, path }) => (entry.isDirectory() ? filesBelow(path) : [path]))
    .sort()
}

/** Lays out what the Dockerfiles copy. `folder` is emptied first. */
export async function stageContext(
  root: string,
  folder: string,
  { images, contents, version }: { images: readonly AppImage[]; contents: AppContents; version: string },
): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'sbom'), { recursive: true })
  const { installed } = contents
  for (const one of installed)
    await (isWorkspace(one) ? copyOurs(root, folder, one) : copyInstalled(root, folder, one))
  for (const one of installed.filter(isWorkspace)) await link(folder, one)
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'medqueue', version, type: 'module', private: true }),
  )
  for (const image of images) {
    const sbom = sbomOf({
      name: `medqueue-${image.name}`,
      version,
      nodeVersion: process.version.slice(1),
      installed: contentsOf(root, [image]).installed,
    })
    await writeFile(join(folder, 'sbom', `${image.name}.cdx.json`), JSON.stringify(sbom))
  }
}

async function copyOurs(root: string, folder: string, { path }: Installed): Promise<void> {
  await cp(join(root, path), join(folder, path), {
    recursive: true,
    filter: (source) => !NOT_OURS.test(source),
  })
}

/** One package without those nested in it, which are in the closure themselves when they are needed. */
async function copyInstalled(root: string, folder: string, { path }: Installed): Promise<void> {
  const from = join(root, path)
  await cp(from, join(folder, path), {
    recursive: true,
    filter: (source) => {
      const inside = source.slice(from.length)
      return !NOT_RUN.test(inside) && !NOT_READ.test(inside)
    },
  })
}

/** A package of ours stays a link: Node strips types of files only where they are not installed. */
async function link(folder: string, { name, path }: Installed): Promise<void> {
  const at = join(folder, 'node_modules', name)
  await mkdir(dirname(at), { recursive: true })
  await symlink(relative(dirname(at), join(folder, path)), at)
}

/** Version of the product, from the root package.json. */
export async function productVersion(root: string): Promise<string> {
  return (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version
}
