export { ClusterError, type ClusterErrorCode } from './errors.ts'
export { findProgram, findPrograms, lookForProgram, type Say } from './programs/find.ts'
