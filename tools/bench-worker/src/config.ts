export interface WorkerConfig {
  natsUrl: string
  stream: string
  consumer: string
  pool: string
  pod: string
  heartbeatSubject: string
  drainSubject: string
  /** How long it works on a message; milliseconds. */
  workMs: number
  port: number
}

/** Throws a RangeError that names what is missing. */
export function configOf(env: NodeJS.ProcessEnv): WorkerConfig {
  const text = (name: string) => {
    const value = env[name] ?? ''
    if (value === '') throw new RangeError(`${name} is not set`)
    return value
  }
  const number = (name: string, fallback?: string) => {
    const value = Number(env[name] ?? fallback ?? text(name))
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} is no number`)
    return value
  }
  return {
    natsUrl: text('NATS_URL'),
    stream: text('STREAM'),
    consumer: text('CONSUMER'),
    pool: text('POOL'),
    pod: text('POD_NAME'),
    heartbeatSubject: text('HEARTBEAT_SUBJECT'),
    drainSubject: text('DRAIN_SUBJECT'),
    workMs: number('WORK_MS'),
    port: number('PORT', '8080'),
  }
}
