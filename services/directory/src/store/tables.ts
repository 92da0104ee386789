import type { ClinicFields, ServiceTypeFields, SpecialtyFields } from '../schemas/catalogue.ts'
import type { PatientFields } from '../schemas/patient.ts'
import type { DoctorFields } from '../schemas/doctor.ts'
import type { Table } from './table.ts'

export const CLINICS: Table<ClinicFields> = {
  name: 'clinic',
  fields: ['name', 'city', 'state', 'zone', 'neighbourhood'],
}

export const SPECIALTIES: Table<SpecialtyFields> = { name: 'specialty', fields: ['name'] }

export const SERVICE_TYPES: Table<ServiceTypeFields> = {
  name: 'service_type',
  fields: [
    'name',
    'durationMinutes',
    'bufferAfterMinutes',
    'alignmentMinutes',
    'minimumNoticeMinutes',
    'horizonDays',
    'approval',
    'bufferBeforeMinutes',
    'capacity',
    'roomKind',
    'deviceKind',
    'cancelNoticeMinutes',
    'approvalTimeoutMinutes',
    'maxOpen',
    'requestFields',
  ],
  json: ['requestFields'],
}

export const DOCTORS: Table<DoctorFields> = {
  name: 'doctor',
  fields: ['name', 'specialtyId', 'phone', 'phonePublic', 'languages'],
}

export const PATIENTS: Table<PatientFields> = {
  name: 'patient',
  fields: ['name', 'birthYear', 'email', 'phone'],
}
