/** What every row of the directory has. */
export interface Versioned {
  id: string
  version: number
  active: boolean
}

/** A table and the fields that a client may write; a field's column is its name in snake case. */
export interface Table<Fields extends object> {
  readonly name: 'clinic' | 'specialty' | 'service_type' | 'patient' | 'doctor'
  readonly fields: readonly (keyof Fields & string)[]
  /** Those of them that are kept as JSON. */
  readonly json?: readonly (keyof Fields & string)[]
}

const column = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Columns of the fields, to be written. */
export function columnsOf<Fields extends object>({ fields }: Table<Fields>): string[] {
  return fields.map(column)
}

/** What to select so that a row has the fields' own names. */
export function selection<Fields extends object>(table: Table<Fields>): string {
  return ['id', 'version', 'active', ...table.fields.map((field) => `${column(field)} AS "${field}"`)].join(
    ', ',
  )
}

/** The fields' values in the table's order. */
export function valuesOf<Fields extends object>(
  { fields: names, json = [] }: Table<Fields>,
  fields: Fields,
): unknown[] {
  return names.map((name) => (json.includes(name) ? JSON.stringify(fields[name]) : fields[name]))
}
