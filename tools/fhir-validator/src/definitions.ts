/** A profile, code system or value set that responses were checked by. */
export interface Definition {
  url: string
  /** As its publisher wrote it; false: our restatement of it. */
  published: boolean
  /** Elements in it that R4 does not know, and that were therefore not checked. */
  leftOut: string[]
}

const IHE = 'https://profiles.ihe.net/ITI/Scheduling'

/** Without these a run would have checked R4 only. */
export const NEEDED: readonly string[] = [
  `${IHE}/StructureDefinition/ihe-sched-appt`,
  `${IHE}/StructureDefinition/ihe-sched-avail-bundle`,
  `${IHE}/StructureDefinition/extension-status-reason`,
  `${IHE}/CodeSystem/status-reason`,
  `${IHE}/ValueSet/iti-sched-status-reason`,
  ...['FindPotential', 'Hold', 'Book', 'FindExisting'].map(
    (name) => `${IHE}/StructureDefinition/IHE.Scheduling.${name}.Audit.Recipient`,
  ),
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-location',
  'http://hl7.org/fhir/uv/ipa/StructureDefinition/ipa-patient',
  'http://hl7.org/fhir/uv/ipa/StructureDefinition/ipa-practitioner',
]

/** Reads the lines `profile <tab> folder <tab> address <tab> elements that were left out`. */
export function readDefinitions(output: string, publishedFolder: string): Definition[] {
  const lines = output.split('\n').filter((line) => line.startsWith('profile\t'))
  return lines.map((line) => {
    const [, folder, url = '', leftOut = ''] = line.split('\t')
    return {
      url,
      published: folder === publishedFolder,
      leftOut: leftOut.split(',').filter((name) => name !== ''),
    }
  })
}

export function missingIn(definitions: readonly Definition[]): string[] {
  return NEEDED.filter((needed) => !definitions.some(({ url }) => url === needed))
}

/** Whose definitions were used, and what in them was not, in a phrase. */
export function originsOf(definitions: readonly Definition[]): string {
  const published = definitions.filter((definition) => definition.published)
  const notUsed = definitions.flatMap(({ url, leftOut }) =>
    leftOut.map((name) => `${name} of ${url.slice(url.lastIndexOf('/') + 1)}`),
  )
  const said = `definitions: ${published.length} as published, ${definitions.length - published.length} restated`
  return notUsed.length === 0 ? said : `${said}, without ${notUsed.join(', ')}`
}
