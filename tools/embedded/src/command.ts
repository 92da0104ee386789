import { resolve } from 'node:path'

import { DatabaseError } from '@medqueue/database'
import { messageOf, ServerError } from '@medqueue/servers'

import { ROOT } from './services.ts'

/** Where `make up` keeps its data: MEDQUEUE_DATA, else `.data`. */
export function dataDirOf(env: NodeJS.ProcessEnv): string {
  return resolve(ROOT, env.MEDQUEUE_DATA ?? '.data')
}

/** PORTS_OFFSET, added to every port. Throws when it is no number. */
export function portsOffsetOf(env: NodeJS.ProcessEnv): number {
  const text = env.PORTS_OFFSET ?? '0'
  if (!/^\d{1,5}$/.test(text)) {
    throw new ServerError(
      'SERVERS_START_FAILED',
      `PORTS_OFFSET=${text} is no number of ports: use one such as 1000.`,
    )
  }
  return Number(text)
}

/** One line for what a user can mend, everything for what is our mistake. */
export function explain(error: unknown): string {
  if (error instanceof ServerError) return error.message
  if (error instanceof DatabaseError)
    return `${error.message}. Data of another version? \`make up RESET=1\` starts fresh.`
  if (isFileError(error))
    return `${error.message}. Look at that file or folder, or choose another: MEDQUEUE_DATA=…`
  return error instanceof Error ? (error.stack ?? messageOf(error)) : String(error)
}

/** What the file system refused, with the path in its message. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error
}
