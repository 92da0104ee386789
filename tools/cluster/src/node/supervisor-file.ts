import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

import { isAlive, type ProcessIdentity } from '@medqueue/servers'

import type { ClusterLayout } from '../layout.ts'

/** What the supervisor tells about itself and its parts. */
export interface SupervisorState {
  supervisor: ProcessIdentity
  startedAt: string
  parts: Record<string, { pid?: number | undefined; restarts: number; lastError?: string | undefined }>
  /** Set when it gave up. */
  error?: string
}

export function writeSupervisor({ supervisorFile }: ClusterLayout, state: SupervisorState): void {
  writeFileSync(`${supervisorFile}.new`, JSON.stringify(state, undefined, 2))
  renameSync(`${supervisorFile}.new`, supervisorFile)
}

/** The last state that was told, whether its teller lives or not. */
export function readSupervisor({ supervisorFile }: ClusterLayout): SupervisorState | undefined {
  if (!existsSync(supervisorFile)) return undefined
  return JSON.parse(readFileSync(supervisorFile, 'utf8')) as SupervisorState
}

/** The supervisor that runs now. */
export function liveSupervisor(layout: ClusterLayout): SupervisorState | undefined {
  const state = readSupervisor(layout)
  return state !== undefined && isAlive(state.supervisor) ? state : undefined
}
