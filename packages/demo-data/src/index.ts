/**
 * The demonstration network: one maternity hospital, 79 clinics of Vitória, 400 doctors, 50,000 patients. Everything is
 * computed, nothing is read, and every call gives the same data. Nobody in it exists.
 */
export { demoId, type DemoKind } from './id.ts'
export { DEMO_ZONE, demoClinicOf, demoClinics, type DemoClinic } from './clinics.ts'
export {
  DEMO_SPECIALTY_NAMES,
  demoServicesOf,
  demoServiceTypes,
  demoSpecialties,
  type DemoService,
  type DemoSpecialty,
} from './services.ts'
export { DEMO_DOCTORS, demoDoctors, type DemoDoctor } from './doctors.ts'
export { DEMO_PATIENTS, demoPatients, type DemoPatient } from './patients.ts'
export { demoRotas, type DemoRota } from './rotas.ts'
export { demoResources, type DemoResource } from './resources.ts'
