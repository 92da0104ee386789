/**
 * The definitions of the kinds, and the cases every rule in them is tried with, for tests against a real API server.
 */
export { type ApiCase, type ApiCaseKind, apiCases } from './cases.ts'
export { definitionOf } from './definition.ts'
export { crdFiles } from './files.ts'
export { KINDS } from './kinds.ts'
export { readSamples, type Sample } from './samples.ts'
