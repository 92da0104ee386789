/**
 * Vocabulary. Server: PostgreSQL, NATS or Redis, run as our child without containers. Program: the executable, found
 * on the PATH or fetched into the cache. Data folder: all that one server keeps. Leftover: a server whose starter was
 * killed and which outlived it.
 */
export { type Child, type ChildCommand, endLeftover, type Exit, pidFileIn, startChild } from './child.ts'
export { assertRoom } from './disk.ts'
export { messageOf, ServerError, type ServerErrorCode } from './errors.ts'
export { aptInstall, hasApt, isRoot } from './find/apt.ts'
export { cached, cacheFolder, install as installInCache } from './find/cache.ts'
export { findGo, type Go } from './find/go.ts'
export { findK6 } from './find/k6.ts'
export { findNats } from './find/nats.ts'
export { findPostgres, type PostgresPrograms } from './find/postgres.ts'
export { unpackWheel } from './find/python.ts'
export { findRedis, type RedisProgram } from './find/redis.ts'
export { isExecutable, onPath, run, type RunOptions } from './find/run.ts'
export { lastWords } from './last-words.ts'
export { natsConfig, type NatsOptions, type NatsPlace, type RunningNats, startNats } from './nats.ts'
export { assertPortFree, freePort } from './ports.ts'
export { type PostgresOptions, startPostgres } from './postgres.ts'
export { INITDB_SETTINGS, POSTGRES_SETTINGS } from './postgres-settings.ts'
export { type Progress, progressOn, SILENT, type Terminal } from './progress.ts'
export {
  identityOf,
  isAlive,
  type ProcessIdentity,
  processIds,
  type ProcessStat,
  statOf,
  waitForEnd,
} from './process-table.ts'
export { REDIS_SETTINGS, type RedisOptions, startRedis } from './redis.ts'
export type { RunningServer, StartOptions } from './running.ts'
export { type Launched, type Managed, supervise, type SuperviseOptions } from './supervise.ts'
