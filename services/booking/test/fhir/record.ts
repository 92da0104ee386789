import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { FhirResource } from 'fhir/r4.js'

/**
 * Keeps a response for `make test-fhir` in the folder that FHIR_RECORD names, if it names one; each text once. The name
 * of the file says of what type it is and which of IHE's profiles it has to keep.
 */
export function recordResponse(
  path: string,
  { text, resource, headers }: { text: string; resource: FhirResource; headers: Record<string, unknown> },
): void {
  const folder = process.env.FHIR_RECORD
  if (folder === undefined || text === '') return
  const type = String(headers['content-type'])
  if (type.includes('ndjson')) {
    const lines = text.trimEnd().split('\n')
    for (const line of lines)
      keep(folder, { end: 'json', text: line, resource: JSON.parse(line) as FhirResource })
  } else if (type.includes('fhir+xml')) {
    const file = keep(folder, { end: 'xml', text, resource, path })
    writeFileSync(`${file}.read`, JSON.stringify(resource))
  } else if (type.includes('fhir+json')) keep(folder, { end: 'json', text, resource, path })
}

interface Kept {
  end: 'json' | 'xml'
  text: string
  resource: FhirResource
  path?: string
}

function keep(folder: string, { end, text, resource, path = '' }: Kept): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = join(folder, `${resource.resourceType}-${mark}${profileOf(resource, path)}.${end}`)
  writeFileSync(file, text)
  return file
}

function profileOf({ resourceType }: FhirResource, path: string): string {
  if (resourceType === 'Appointment') return '.appointment'
  return resourceType === 'Bundle' && /^Appointment\b(?!Response)/.test(path) ? '.appointments' : ''
}
