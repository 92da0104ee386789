/** A service of a Compose file, as far as this one uses it. */
export interface Container {
  image: string
  command: readonly string[]
  environment?: Readonly<Record<string, string | null>>
  depends_on?: Readonly<Record<string, { condition: Condition }>>
  healthcheck?: {
    test: readonly string[]
    interval: string
    timeout: string
    retries: number
    start_period?: string
  }
  networks?: readonly string[]
  network_mode?: 'none'
  ports?: readonly string[]
  volumes?: readonly (string | VolumeMount)[]
  tmpfs?: readonly string[]
  shm_size?: string
  mem_limit?: string
  deploy?: { replicas: string }
  stop_grace_period?: string
  restart: 'unless-stopped' | 'no'
}

export interface VolumeMount {
  type: 'volume'
  source: string
  target: string
  volume?: { nocopy: true }
}

export type Condition = 'service_started' | 'service_healthy' | 'service_completed_successfully'

/** What every container has in common: nothing that a process of ours does not need. */
export const HARDENED = {
  user: '65532:65532',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
} as const

/** Containers that must have come so far before. */
export function after(
  condition: Condition,
  names: readonly string[],
): Record<string, { condition: Condition }> {
  return Object.fromEntries(names.map((name) => [name, { condition }]))
}

/** Room for scratch files; the rest of the file system is read-only. */
export const SCRATCH = '/tmp:size=128m,mode=1777'
