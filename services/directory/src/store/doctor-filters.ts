export interface DoctorFilters {
  specialty?: string
  clinic?: string
  service?: string
  city?: string
  state?: string
}

/** Numbers the parameters of a statement that is put together. */
export class Parameters {
  readonly values: unknown[] = []

  /** The place of a value in the statement, such as `$3`. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** Conditions on `doctor d`, each beginning with AND. Only active doctors are ever found. */
export function doctorConditions(filters: DoctorFilters, parameters: Parameters): string {
  const { specialty, clinic, service } = filters
  const conditions = ['d.active']
  if (specialty !== undefined) conditions.push(`d.specialty_id = ${parameters.add(specialty)}::uuid`)
  if (service !== undefined) {
    conditions.push(
      `d.id IN (SELECT doctor_id FROM doctor_service WHERE service_id = ${parameters.add(service)}::uuid)`,
    )
  }
  const places = placeConditions(filters, parameters)
  if (clinic !== undefined) places.push(`c.id = ${parameters.add(clinic)}::uuid`)
  if (places.length > 0) {
    // One clinic must meet all of it: a doctor in Vila Velha, ES, and in Vitória, PE, is not in Vitória, ES.
    conditions.push(
      `d.id IN (SELECT dc.doctor_id FROM doctor_clinic dc JOIN clinic c ON c.id = dc.clinic_id
        WHERE c.active AND ${places.join(' AND ')})`,
    )
  }
  return conditions.join(' AND ')
}

function placeConditions({ city, state }: DoctorFilters, parameters: Parameters): string[] {
  const places: string[] = []
  if (city !== undefined) places.push(`folded(c.city) = folded(${parameters.add(city)})`)
  if (state !== undefined) places.push(`folded(c.state) = folded(${parameters.add(state)})`)
  return places
}
