import { existsSync } from 'node:fs'
import { chmod, copyFile, cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { findProgram, type Say } from '@medqueue/cluster'
import { aptInstall, findGo, findNats, findPostgres, findRedis, onPath, run } from '@medqueue/servers'

import type { ServerImage } from '../catalog.ts'
import type { FilesImage } from '../dockerfile.ts'
import { newTree, type Tree } from './tree.ts'

/** How one image of files is made: fills the tree, then tells what the image is. */
export type Recipe = (tree: Tree, world: RecipeWorld) => Promise<FilesImage>

export interface RecipeWorld {
  say: Say
  /** The base with Node. */
  base: string
  /** Folder for what is made on the way. */
  scratch: string
}

const POSTGRES_HOME = '/usr/local/pgsql'
const ENTRYPOINT = 'usr/local/lib/medqueue/postgres-entrypoint.ts'

export const RECIPES: Readonly<Record<ServerImage, Recipe>> = {
  pause: async (tree, { scratch }) => {
    await mkdir(scratch, { recursive: true })
    const program = join(scratch, 'pause')
    await buildPause(program, scratch)
    await tree.program(program, 'pause')
    return { title: 'pause', entrypoint: ['/pause'] }
  },
  coredns: async (tree, { say }) => {
    await tree.program(await findProgram('coredns', say), 'usr/local/bin/coredns')
    return { title: 'coredns', entrypoint: ['/usr/local/bin/coredns'] }
  },
  traefik: async (tree, { say }) => {
    await tree.program(await findProgram('traefik', say), 'usr/local/bin/traefik')
    return { title: 'traefik', entrypoint: ['/usr/local/bin/traefik'] }
  },
  nats: async (tree, { say }) => {
    await tree.program(await findNats(say), 'usr/local/bin/nats-server')
    return { title: 'nats', entrypoint: ['/usr/local/bin/nats-server'] }
  },
  redis: async (tree, { say }) => {
    const { file } = await findRedis(say)
    await tree.program(file, 'usr/local/bin/redis-server')
    return { title: 'redis', entrypoint: ['/usr/local/bin/redis-server'] }
  },
  postgres,
}

/** Behaves like the project's own image as far as the chart uses it. */
async function postgres(tree: Tree, { base }: RecipeWorld): Promise<FilesImage> {
  const programs = await findPostgres()
  const home = resolve(dirname(programs.postgres), '..')
  await tree.program('/bin/sh', 'bin/sh') // initdb asks a shell for the server's version.
  const to = join(tree.folder, POSTGRES_HOME)
  await cp(home, to, { recursive: true, verbatimSymlinks: true })
  const library = join(home, 'lib')
  for (const name of await readdir(library)) {
    if (name.includes('.so')) await tree.librariesOf(join(library, name), home)
  }
  for (const program of Object.values(programs) as string[]) await tree.librariesOf(program, home)
  await mkdir(dirname(join(tree.folder, ENTRYPOINT)), { recursive: true })
  await copyFile(join(import.meta.dirname, 'postgres-entrypoint.ts'), join(tree.folder, ENTRYPOINT))
  return {
    title: 'postgres',
    from: base,
    entrypoint: ['node', `/${ENTRYPOINT}`],
    env: { PG_HOME: POSTGRES_HOME, PGDATA: '/var/lib/postgresql/data/18' },
    // SIGTERM would wait for every client to leave, and refuse new ones meanwhile.
    stopSignal: 'SIGINT',
  }
}

/** Node and nothing else. */
export async function baseTree(folder: string): Promise<FilesImage> {
  const tree = await newTree(folder)
  await tree.program(process.execPath, 'usr/local/bin/node')
  await tree.cLibrary(process.execPath)
  return { title: `node ${process.version}`, entrypoint: ['node'] }
}

/** Kubernetes' own program that holds a pod's namespaces, from the module that its other programs are built from. */
async function buildPause(output: string, scratch: string): Promise<void> {
  const { file, env } = await findGo(scratch)
  const download = await run(file, ['mod', 'download', '-json', 'k8s.io/kubernetes@v1.34.4'], { env })
  const { Dir } = JSON.parse(download.slice(download.indexOf('{'), download.lastIndexOf('}') + 1)) as {
    Dir: string
  }
  const compiler = (await onPath('gcc')) ?? (await installCompiler())
  const source = join(Dir, 'build/pause/linux/pause.c')
  if (!existsSync(source)) throw new Error(`there is no ${source}`)
  await run(compiler, ['-Os', '-Wall', '-static', '-DVERSION=3.10', '-o', output, source])
  await chmod(output, 0o755)
}

async function installCompiler(): Promise<string> {
  await aptInstall(['gcc', 'libc6-dev'])
  const found = await onPath('gcc')
  if (found === undefined) throw new Error('gcc was installed and does not run')
  return found
}
