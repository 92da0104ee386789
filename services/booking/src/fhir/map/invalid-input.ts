/** Issue types (http://hl7.org/fhir/issue-type) of input that cannot be taken. */
export type InputFault = 'structure' | 'required' | 'value' | 'invalid' | 'not-supported' | 'extension'

/** Input that is not what FHIR, or this server, takes. The request is answered 400. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
  readonly fault: InputFault
  /** Where: `Appointment.participant[1].status`, or the name of a parameter. */
  readonly expression: string | undefined

  constructor(fault: InputFault, message: string, expression?: string) {
    super(message)
    this.fault = fault
    this.expression = expression
  }
}
