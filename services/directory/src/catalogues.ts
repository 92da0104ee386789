import type { ClinicSnapshot, ServiceTypeSnapshot, SpecialtySnapshot } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'

import type { Catalogue } from './catalogue.ts'
import { fieldsFault } from './domain/request-fields.ts'
import { isZone } from './domain/zone.ts'
import { DirectoryErrors } from './errors.ts'
import type { ClinicFields, ServiceTypeFields, SpecialtyFields } from './schemas/catalogue.ts'
import { refreshWords } from './store/refresh-words.ts'
import { CLINICS, SERVICE_TYPES, SPECIALTIES } from './store/tables.ts'

export const clinicCatalogue: Catalogue<ClinicFields> = {
  table: CLINICS,
  kind: 'clinic',
  snapshot: ({ id, version, active, name, city, state, zone }): ClinicSnapshot => {
    return { id, version, active, name, city, state, zone }
  },
  check: ({ zone }) => {
    if (isZone(zone)) return
    const detail = 'must be an IANA time zone, such as America/Sao_Paulo'
    throw new ProblemError(DirectoryErrors.DIRECTORY_FIELD_INVALID, { field: 'zone', detail })
  },
  // Doctors are found by the names of their clinics.
  afterReplace: async (client, id) => refreshWords(client, { clinicId: id }),
}

export const specialtyCatalogue: Catalogue<SpecialtyFields> = {
  table: SPECIALTIES,
  kind: 'specialty',
  snapshot: ({ id, version, active, name }): SpecialtySnapshot => ({ id, version, active, name }),
  afterReplace: async (client, id) => refreshWords(client, { specialtyId: id }),
}

export const serviceTypeCatalogue: Catalogue<ServiceTypeFields> = {
  table: SERVICE_TYPES,
  kind: 'service-type',
  check: ({ requestFields }) => {
    const fault = fieldsFault(requestFields)
    if (fault !== undefined) throw new ProblemError(DirectoryErrors.DIRECTORY_FIELD_INVALID, fault)
  },
  // The row has exactly the snapshot's fields; the return type keeps it so.
  snapshot: (row): ServiceTypeSnapshot => row,
}
