import { serviceTypeCatalogue } from '../catalogues.ts'
import { serviceTypeFields, ServiceTypeRecord } from '../schemas/catalogue.ts'
import { catalogueRoutes } from './catalogue.ts'

/** `/v1/service-types`: what may be booked, how long it takes, and whether the doctor must agree. */
export const serviceTypeRoutes = catalogueRoutes({
  path: '/v1/service-types',
  name: 'ServiceType',
  plural: 'ServiceTypes',
  fields: serviceTypeFields,
  record: ServiceTypeRecord,
  catalogue: serviceTypeCatalogue,
})
