/** What kept a load test from running. The message is one line that says what to do. */
export type LoadErrorCode =
  /** A setting is missing or makes no sense. */
  | 'LOAD_SETTINGS'
  /** No platform runs here. */
  | 'LOAD_NO_PLATFORM'
  /** The data file cannot be used. */
  | 'LOAD_DATA'
  /** The platform has not what the scenario needs. */
  | 'LOAD_WORLD'
  /** k6 did not come to its end. */
  | 'LOAD_K6'

export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly code: LoadErrorCode

  constructor(code: LoadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
