/** What kept the cluster from starting. Ask by code; the message is one line that says what to do. */
export type ClusterErrorCode =
  /** A program is not there and could not be built or installed. */
  | 'CLUSTER_PROGRAM_MISSING'
  /** This machine cannot run a node: no root, no Linux, a missing kernel feature. */
  | 'CLUSTER_UNSUPPORTED'
  /** A part started and gave up, or never answered. */
  | 'CLUSTER_START_FAILED'
  /** Something did not become ready in time. */
  | 'CLUSTER_NOT_READY'
  /** An image could not be built or brought into the cluster. */
  | 'CLUSTER_IMAGE_FAILED'
  /** Something in a given cluster is somebody else's: going on would disturb it. */
  | 'CLUSTER_TAKEN'

export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  readonly code: ClusterErrorCode

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
