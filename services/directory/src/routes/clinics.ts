import { clinicCatalogue } from '../catalogues.ts'
import { clinicFields, ClinicRecord } from '../schemas/catalogue.ts'
import { catalogueRoutes } from './catalogue.ts'

/** `/v1/clinics`: the places where doctors work, each in its time zone. */
export const clinicRoutes = catalogueRoutes({
  path: '/v1/clinics',
  name: 'Clinic',
  plural: 'Clinics',
  fields: clinicFields,
  record: ClinicRecord,
  catalogue: clinicCatalogue,
})
