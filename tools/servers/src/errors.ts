/** What kept a server from starting. Ask by code; the message is one line that says what to do. */
export type ServerErrorCode =
  /** Something else listens on the port. */
  | 'SERVERS_PORT_TAKEN'
  /** A program is neither installed nor could it be fetched. */
  | 'SERVERS_TOOL_MISSING'
  /** The disk has too little room. */
  | 'SERVERS_DISK_FULL'
  /** Another running process uses the data folder. */
  | 'SERVERS_DATA_IN_USE'
  /** The server started and gave up, or never answered. */
  | 'SERVERS_START_FAILED'

export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The system error code (`EADDRINUSE`, `ENOENT`, …) of anything thrown. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A message fit for one line, whatever was thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s*\n\s*/g, ' | ').trim()
}
