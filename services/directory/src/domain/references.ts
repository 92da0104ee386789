export interface Reference {
  /** Where it stands in the body, such as clinicIds/1. */
  field: string
  id: string
}

export interface Fault {
  field: string
  message: string
}

/**
 * References to rows that are missing, or inactive and not held before: a doctor may keep a clinic that has closed,
 * but may not be given one. `found` maps each id that exists to whether it is active.
 */
export function faultsOf(
  references: readonly Reference[],
  found: ReadonlyMap<string, boolean>,
  held: ReadonlySet<string>,
): Fault[] {
  return references.flatMap(({ field, id }) => {
    const active = found.get(id)
    if (active === undefined) return [{ field, message: 'does not exist' }]
    return active || held.has(id) ? [] : [{ field, message: 'is not active' }]
  })
}
