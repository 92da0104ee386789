import { type Definition, missingIn, originsOf } from './definitions.ts'

/** What the validator says of one file. */
export interface Finding {
  file: string
  /** Undefined when nothing is wrong. */
  fault: string | undefined
}

const linesOf = (output: string) => output.split('\n').filter((line) => line.trim() !== '')

/** Reads the lines `ok|error <tab> file <tab> fault`. Throws for any line that is neither that nor a definition. */
export function readFindings(output: string): Finding[] {
  const lines = linesOf(output).filter((line) => !line.startsWith('profile\t'))
  return lines.map((line) => {
    const [outcome, file, fault = ''] = line.split('\t')
    if ((outcome !== 'ok' && outcome !== 'error') || file === undefined) {
      throw new Error(`the validator said something else: ${line}`)
    }
    return { file, fault: outcome === 'ok' ? undefined : fault }
  })
}

/** Types of which there must be a response: a run in which one of them was not asked for has not looked at all. */
export const EXPECTED = [
  'Appointment',
  'AppointmentResponse',
  'AuditEvent',
  'Bundle',
  'CapabilityStatement',
  'HealthcareService',
  'Location',
  'OperationOutcome',
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Schedule',
  'Slot',
] as const

export interface Verdict {
  passed: boolean
  lines: string[]
}

/**
 * Passed when every type was answered in both formats, no response has a fault, every definition was there, and every
 * broken control was found out: a validator that finds nothing in those would find nothing at all. Files are named `TYPE-….json` or `.xml`.
 */
export function judge(
  responses: readonly Finding[],
  controls: readonly Finding[],
  definitions: readonly Definition[],
): Verdict {
  const lacking = missingIn(definitions)
  const faults = responses.filter(({ fault }) => fault !== undefined)
  const missed = controls.filter(({ fault }) => fault === undefined)
  const unseen = EXPECTED.flatMap((type) =>
    ['.json', '.xml']
      .filter((end) => !responses.some(({ file }) => file.startsWith(`${type}-`) && file.endsWith(end)))
      .map((end) => `${type} as ${end.slice(1)}`),
  )
  const lines = [
    ...faults.map(({ file, fault }) => `✘ ${file}: ${fault ?? ''}`),
    ...missed.map(({ file }) => `✘ ${file} is broken on purpose, and was not found out`),
    ...unseen.map((what) => `✘ no response was a ${what}`),
    ...lacking.map((url) => `✘ nobody has said what ${url} asks for`),
    `${responses.length} responses, ${faults.length} errors; ` +
      `${controls.length - missed.length} of ${controls.length} broken ones found out; ${originsOf(definitions)}`,
  ]
  const wrong = faults.length + missed.length + unseen.length + lacking.length
  return { passed: controls.length > 0 && wrong === 0, lines }
}
