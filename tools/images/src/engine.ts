import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ClusterError } from '@medqueue/cluster'
import { aptInstall, hasApt, isRoot, onPath, run } from '@medqueue/servers'

import { pruneLayout } from './oci-layout.ts'

const BUILD_LIMIT_MS = 600_000

export interface BuildRequest {
  reference: string
  dockerfile: string
  context: string
  args?: Readonly<Record<string, string>>
}

/** What builds images: docker where its daemon answers, else buildah, which needs none. */
export interface Engine {
  readonly name: 'docker' | 'buildah'
  build: (request: BuildRequest) => Promise<void>
  /** Pushes the image to a registry, under another name. */
  push: (reference: string, target: string) => Promise<void>
  /** Writes the images where a node can read them from; layers that images share are there once. */
  save: (references: readonly string[], folder: string) => Promise<void>
  /** Forgets images of ours that an earlier build made. */
  forgetAllBut: (references: readonly string[]) => Promise<void>
  /** Bytes of the image's layers, as they lie on a node. */
  size: (reference: string) => Promise<number>
}

/** Looks which of the two is there; installs buildah where neither is. */
export async function findEngine(storage: string, chosen = process.env.IMAGE_ENGINE ?? ''): Promise<Engine> {
  const docker = chosen === 'buildah' ? undefined : await workingDocker()
  if (docker !== undefined) return dockerEngine(docker)
  if (chosen === 'docker')
    throw failed('IMAGE_ENGINE=docker, and no Docker daemon answers: start it, or leave IMAGE_ENGINE out.')
  return buildahEngine((await onPath('buildah')) ?? (await installBuildah()), storage)
}

/** A docker whose daemon answers. */
export async function workingDocker(): Promise<string | undefined> {
  const docker = await onPath('docker')
  if (docker === undefined) return undefined
  return run(docker, ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 }).then(
    () => docker,
    () => undefined,
  )
}

async function installBuildah(): Promise<string> {
  const advice = 'Images are built with docker or buildah, and neither is here: install one of them.'
  if (!isRoot() || !(await hasApt())) throw failed(advice)
  await aptInstall(['buildah'])
  const found = await onPath('buildah')
  if (found === undefined) throw failed(advice)
  return found
}

const buildArgs = (args: BuildRequest['args'] = {}) =>
  Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])

function dockerEngine(docker: string): Engine {
  const call = async (args: string[]) => run(docker, args, { timeoutMs: BUILD_LIMIT_MS })
  return {
    name: 'docker',
    build: async ({ reference, dockerfile, context, args }) => {
      await call(['build', '-q', '-t', reference, '-f', dockerfile, ...buildArgs(args), context])
    },
    push: async (reference, target) => {
      await call(['tag', reference, target])
      await call(['push', '-q', target])
    },
    save: async (references, folder) => {
      await mkdir(folder, { recursive: true })
      await call(['save', '-o', join(folder, 'images.tar'), ...references])
    },
    forgetAllBut: async () => undefined, // They are the person's to keep.
    size: async (reference) =>
      Number((await call(['image', 'inspect', '--format', '{{.Size}}', reference])).trim()),
  }
}

/** Our own storage, so that nothing of the person's is touched and `make clean` takes all away. */
function buildahEngine(buildah: string, storage: string): Engine {
  const policy = join(storage, 'policy.json')
  const place = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')]
  const call = async (args: string[]) =>
    run(buildah, [...place, '--storage-driver', 'overlay', ...args], { timeoutMs: BUILD_LIMIT_MS })
  const trust = async () => {
    await mkdir(storage, { recursive: true })
    await writeFile(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }))
    return ['--signature-policy', policy]
  }
  return {
    name: 'buildah',
    build: async ({ reference, dockerfile, context, args }) => {
      // Without a time of its own, a layer of the same files is the same layer, whenever it is built.
      const same = ['--timestamp', '0', '--layers=false', '--pull=false', '--quiet']
      const how = ['bud', ...(await trust()), '--isolation', 'chroot', '--format', 'oci', ...same]
      await call([...how, '-t', reference, '-f', dockerfile, ...buildArgs(args), context])
    },
    push: async (reference, target) => {
      const plain = isOnLoopback(target) ? ['--tls-verify=false'] : []
      await call(['push', ...(await trust()), ...plain, '--quiet', reference, `docker://${target}`])
    },
    save: async (references, folder) => {
      await mkdir(folder, { recursive: true })
      for (const reference of references) {
        const target = `oci:${folder}:${reference}`
        const quick = ['--compression-format', 'gzip', '--compression-level', '1']
        await call(['push', ...(await trust()), '--quiet', ...quick, reference, target])
      }
      await pruneLayout(folder, references)
    },
    forgetAllBut: async (references) => {
      const listing = await call(['images', '--noheading', '--format', '{{.Name}}:{{.Tag}} {{.ID}}'])
      const old = outdated(listing, references)
      if (old.length > 0) await call(['rmi', '--force', ...old])
    },
    size: async (reference) => {
      const answer = JSON.parse(await call(['images', '--json', '--noheading', reference])) as {
        size: string
      }[]
      return bytesOf(answer[0]?.size ?? '')
    },
  }
}

/** A registry on this machine needs no TLS: docker and containerd take it so too. */
export const isOnLoopback = (image: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?\//.test(image)

/** Ids of images that have none of those names, from lines of name and id. */
export function outdated(listing: string, references: readonly string[]): string[] {
  const rows = listing.split('\n').flatMap((line) => {
    const [name = '', id = ''] = line.trim().split(/\s+/)
    return id === '' ? [] : [{ name, id }]
  })
  const kept = new Set(rows.filter(({ name }) => references.includes(name)).map(({ id }) => id))
  return [...new Set(rows.map(({ id }) => id))].filter((id) => !kept.has(id))
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }

/** Buildah tells sizes as `190 MB`. */
export function bytesOf(text: string): number {
  const match = /^([\d.]+)\s*([KMG]?B)$/.exec(text)
  return match === null ? Number.NaN : Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1))
}

const failed = (message: string) => new ClusterError('CLUSTER_IMAGE_FAILED', message)
