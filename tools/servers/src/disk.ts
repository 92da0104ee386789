import { mkdir, statfs } from 'node:fs/promises'

import { ServerError, systemCode } from './errors.ts'

const MIB = 1024 ** 2

/** Throws SERVERS_DISK_FULL when the folder's disk has less room than asked for. Makes the folder. */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  await withDiskErrors(folder, async () => mkdir(folder, { recursive: true }))
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new ServerError(
    'SERVERS_DISK_FULL',
    `The disk of ${folder} has ${Math.floor(free / MIB)} MB left and ${Math.ceil(bytes / MIB)} MB are needed: ` +
      'delete something or move the project to another disk.',
  )
}

/** Runs the work and turns ENOSPC and EDQUOT into one clear line. */
export async function withDiskErrors<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = systemCode(error)
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error
    throw new ServerError(
      'SERVERS_DISK_FULL',
      `The disk of ${folder} is full: delete something and try again.`,
      {
        cause: error,
      },
    )
  }
}
