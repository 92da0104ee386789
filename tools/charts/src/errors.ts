/** What is wrong with a chart. Ask by code; the message is one line that names the place. */
export type ChartErrorCode =
  /** values.yaml cannot be understood, or a value has no description. */
  | 'CHART_VALUES'
  /** Something generated is out of date. */
  | 'CHART_STALE'
  /** Something that is rendered breaks a rule. */
  | 'CHART_RULE'

export class ChartError extends Error {
  override readonly name = 'ChartError'
  readonly code: ChartErrorCode

  constructor(code: ChartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
