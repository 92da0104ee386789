/** What only packages of this repository may use. */
export type * from './types/controller.ts'
