import { specialtyCatalogue } from '../catalogues.ts'
import { specialtyFields, SpecialtyRecord } from '../schemas/catalogue.ts'
import { catalogueRoutes } from './catalogue.ts'

/** `/v1/specialties`: what doctors are trained in. */
export const specialtyRoutes = catalogueRoutes({
  path: '/v1/specialties',
  name: 'Specialty',
  plural: 'Specialties',
  fields: specialtyFields,
  record: SpecialtyRecord,
  catalogue: specialtyCatalogue,
})
