/**
 * PostgreSQL for every service. Pool: connections of one process. Migration: a numbered, forward-only SQL file, run by
 * the owner role. App role: reads and writes rows, and can do nothing else.
 */
export { DatabaseError, errorCode, isDataError, isRetryable, isSqlState, isUnavailable } from './errors.ts'
export { createPool, outliveErrors, type PoolOptions, type WatchedPool } from './pool.ts'
export { withRetries, withTransaction, type TransactionOptions } from './transaction.ts'
export { migrate, readMigrations } from './migrate.ts'
export { provisionDatabase, urlOf, type Provisioned, type ProvisionOptions } from './provision.ts'
