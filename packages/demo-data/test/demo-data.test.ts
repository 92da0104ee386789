import test from 'ava'
import { Check } from 'typebox/value'
import { ClinicSnapshot, DoctorSnapshot, ServiceTypeSnapshot, SpecialtySnapshot } from '@medqueue/contracts'

import {
  demoClinicOf,
  demoClinics,
  demoDoctors,
  demoId,
  demoPatients,
  demoResources,
  demoRotas,
  demoServiceTypes,
  demoSpecialties,
} from '../src/index.ts'

const UUID_V5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const sorted = (ids: Iterable<string>) => [...new Set(ids)].toSorted()
const idsOf = (rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id))

test('ids are version 5 UUIDs that depend on kind and name', (t) => {
  t.regex(demoId('doctor', 'Dr. Ipê 021'), UUID_V5)
  t.not(demoId('doctor', 'x'), demoId('patient', 'x'))
  t.not(demoId('doctor', 'x'), demoId('doctor', 'y'))
})

test('ids are the ones that installations already hold', (t) => {
  t.is(demoClinics()[0]?.id, '9d0f1e9d-5980-5a8e-a9a0-9fcf3306f50c')
  t.is(demoDoctors()[0]?.id, '81be4641-35d1-5bc4-8628-818858a4fee6')
  t.is(demoPatients(1)[0]?.id, 'ed0efd97-dbb1-5186-b474-4b84a1664927')
})

test('every call gives the same data', (t) => {
  t.deepEqual(demoDoctors(), demoDoctors())
  t.deepEqual(demoRotas(), demoRotas())
  t.deepEqual(demoPatients(100), demoPatients(1_000).slice(0, 100))
})

test('there is one hospital and 79 clinics of Vitória', (t) => {
  const clinics = demoClinics()
  t.is(clinics.length, 80)
  t.is(idsOf(clinics).size, 80)
  t.is(clinics.filter(({ neighbourhood }) => neighbourhood === null).length, 1)
  t.true(clinics.every((clinic) => Check(ClinicSnapshot, clinic)))
  t.true(
    clinics.every(({ city, state, zone }) => `${city} ${state} ${zone}` === 'Vitória ES America/Sao_Paulo'),
  )
})

test('a clinic is found by its neighbourhood however it is written', (t) => {
  t.is(demoClinicOf('JOANA D´ARC')?.neighbourhood, 'Joana d’Arc')
  t.is(demoClinicOf('santo antonio')?.name, 'Santo Antônio Clinic')
  t.is(
    demoClinicOf('ILHA DO PRÍNCIPE')?.id,
    demoClinics().find((c) => c.neighbourhood === 'Ilha do Príncipe')?.id,
  )
  t.is(demoClinicOf('Atlantis'), undefined)
})

test('specialties and service types keep to their schemas', (t) => {
  t.is(idsOf(demoSpecialties()).size, 12)
  t.is(idsOf(demoServiceTypes()).size, 5)
  t.true(demoSpecialties().every((specialty) => Check(SpecialtySnapshot, specialty)))
  t.true(demoServiceTypes().every((service) => Check(ServiceTypeSnapshot, service)))
  t.deepEqual(
    demoServiceTypes()
      .filter(({ approval }) => approval === 'manual')
      .map(({ name }) => name),
    ['Specialist assessment'],
  )
})

test('400 doctors have unique names and refer only to what exists', (t) => {
  const doctors = demoDoctors()
  const [clinics, specialties, services] = [demoClinics(), demoSpecialties(), demoServiceTypes()].map(idsOf)
  t.is(new Set(doctors.map(({ name }) => name)).size, 400)
  t.is(idsOf(doctors).size, 400)
  for (const doctor of doctors) {
    t.true(Check(DoctorSnapshot, doctor))
    t.true(specialties?.has(doctor.specialtyId))
    t.true(doctor.clinicIds.length >= 1 && doctor.clinicIds.length <= 2)
    t.true(doctor.clinicIds.every((id) => clinics?.has(id)))
    t.true(doctor.serviceIds.every((id) => services?.has(id)))
  }
})

test('every clinic, specialty and service has doctors', (t) => {
  const doctors = demoDoctors()
  t.deepEqual(sorted(doctors.flatMap(({ clinicIds }) => clinicIds)), sorted(idsOf(demoClinics())))
  t.deepEqual(sorted(doctors.map(({ specialtyId }) => specialtyId)), sorted(idsOf(demoSpecialties())))
  t.deepEqual(sorted(doctors.flatMap(({ serviceIds }) => serviceIds)), sorted(idsOf(demoServiceTypes())))
})

test('every doctor has a rota in own clinics without overlapping shifts', (t) => {
  const doctors = new Map(demoDoctors().map((doctor) => [doctor.id, doctor]))
  const rotas = demoRotas()
  t.is(idsOf(rotas).size, rotas.length)
  t.is(new Set(rotas.map(({ doctorId }) => doctorId)).size, 400)
  const ends = new Map<string, string>()
  for (const { doctorId, clinicId, weekday, start, end } of rotas) {
    t.true(doctors.get(doctorId)?.clinicIds.includes(clinicId))
    t.true(start < end)
    t.true((ends.get(`${doctorId} ${weekday}`) ?? '00:00') <= start)
    ends.set(`${doctorId} ${weekday}`, end)
  }
})

test('rotas hold split days and some Saturdays', (t) => {
  const rotas = demoRotas()
  const days = Map.groupBy(rotas, ({ doctorId, weekday }) => `${doctorId} ${weekday}`)
  t.true([...days.values()].some((shifts) => shifts.length === 2))
  t.true([...days.values()].some((shifts) => shifts.length === 1))
  const saturdays = rotas.filter(({ weekday }) => weekday === 6).length
  t.true(saturdays > 40 && saturdays < 200)
  t.false(rotas.some(({ weekday }) => weekday === 7))
})

test('the hospital has rooms and devices with ids and names of their own', (t) => {
  const resources = demoResources()
  t.is(idsOf(resources).size, resources.length)
  t.is(new Set(resources.map(({ name }) => name)).size, resources.length)
  t.true(resources.every(({ clinicId }) => clinicId === demoClinics()[0]?.id))
  t.deepEqual(sorted(resources.map(({ kind }) => kind)), ['group-room', 'scan-room', 'ultrasound'])
})

test('50,000 patients have unique ids and names that belong to nobody', (t) => {
  const patients = demoPatients()
  t.is(idsOf(patients).size, 50_000)
  t.is(patients[41]?.name, 'Patient 00042')
  t.true(patients.every(({ name }) => /^Patient \d{5}$/.test(name)))
  t.true(patients.every(({ birthYear }) => birthYear >= 1965 && birthYear < 2010))
})
