/** What can go wrong with the broker, each with a code that says what to do next. */
export class MessagingError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MessagingError'
    this.code = code
  }
}
