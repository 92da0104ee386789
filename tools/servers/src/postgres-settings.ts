/** Where a server on loopback listens. */
const PLACE = {
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "'.'", // Relative to the data folder: a long path would not fit into a socket's name.
  unix_socket_permissions: '0700',
}

/** Settings for a small machine, wherever the server runs: quick, and what is committed stays committed. */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  shared_buffers: "'256MB'",
  effective_cache_size: "'1GB'",
  work_mem: "'8MB'",
  maintenance_work_mem: "'128MB'",
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_buffers: "'16MB'",
  min_wal_size: "'128MB'",
  max_wal_size: "'2GB'",
  checkpoint_timeout: "'15min'",
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0', // Short queries on few cores; also no need for /dev/shm.
  jit: 'off',
  deadlock_timeout: "'100ms'", // Two batches may meet over patients in opposite order; end that quickly.
  idle_in_transaction_session_timeout: "'60s'",
  timezone: "'UTC'",
  log_timezone: "'UTC'",
  log_line_prefix: "'%m [%p] %q%u@%d '",
  // Statements and error details may name patients: keep them out of the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  password_encryption: "'scram-sha-256'",
}

/** How a database cluster is made, wherever that is. */
export const INITDB_SETTINGS = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
] as const

/** The text of the configuration file. */
export function settingsFile({ port, durable = true }: { port: number; durable?: boolean }): string {
  const all = { ...PLACE, ...POSTGRES_SETTINGS, port: String(port), fsync: durable ? 'on' : 'off' }
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}
