import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

import { run } from '@medqueue/servers'

import { librariesIn } from './libraries.ts'

const C_LIBRARY = ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0', 'libresolv.so.2', 'librt.so.1']
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

/** Files of an image while they are put together. */
export interface Tree {
  folder: string
  /** Copies a program to that place, with the libraries it loads at their own places. */
  program: (from: string, to: string) => Promise<void>
  file: (to: string, content: string) => Promise<void>
  /** Copies all of the C library that the program uses: what is loaded later may want parts that it does not. */
  cLibrary: (program: string) => Promise<void>
  /** Copies the libraries that the file loads, other than those below the folder it came with. */
  librariesOf: (file: string, without?: string) => Promise<void>
}

/** An empty tree with what a C library looks for: users, name service, a folder for scratch files, certificates. */
export async function newTree(folder: string): Promise<Tree> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'tmp'), { recursive: true })
  await chmod(join(folder, 'tmp'), 0o1777)

  const place = async (to: string) => {
    const path = join(folder, to)
    await mkdir(dirname(path), { recursive: true })
    return path
  }
  const file = async (to: string, content: string) => writeFile(await place(to), content)
  const librariesOf = async (of: string, without?: string) => {
    const listing = await run('ldd', [of]).catch(() => '') // It says no to a static program.
    for (const library of librariesIn(listing).map(normalize)) {
      if (without === undefined || !library.startsWith(without)) await copyFile(library, await place(library))
    }
  }
  const program = async (from: string, to: string) => {
    const path = await place(to)
    await copyFile(from, path)
    await chmod(path, 0o755)
    await librariesOf(from)
  }

  const cLibrary = async (of: string) => {
    const libc = librariesIn(await run('ldd', [of])).find((library) => library.endsWith('/libc.so.6'))
    if (libc === undefined) return // Another C library, which is one file.
    for (const name of C_LIBRARY) {
      const library = join(dirname(normalize(libc)), name)
      if (existsSync(library)) await copyFile(library, await place(library))
    }
  }

  await file('etc/passwd', 'root:x:0:0::/:/sbin/nologin\nmedqueue:x:65532:65532::/tmp:/sbin/nologin\n')
  await file('etc/group', 'root:x:0:\nmedqueue:x:65532:\n')
  await file('etc/nsswitch.conf', 'hosts: files dns\n')
  if (existsSync(CERTIFICATES)) await copyFile(CERTIFICATES, await place(CERTIFICATES))
  return { folder, program, file, librariesOf, cLibrary }
}
