import { isRecord, type JsonRecord } from '../../json.ts'

/** Steps from an object to a field of it. */
export type Path = readonly string[]

const SEPARATOR = '\u0000'
export const pathId = (path: Path): string => path.join(SEPARATOR)
export const pathOf = (id: string): Path => id.split(SEPARATOR)

/** Every field that is not itself an object; lists count as one field, and so does an empty object. */
export function leavesOf(value: JsonRecord, prefix: Path = []): Path[] {
  return Object.entries(value).flatMap(([name, part]) => {
    const path = [...prefix, name]
    return isRecord(part) && Object.keys(part).length > 0 ? leavesOf(part, path) : [path]
  })
}

export function getAt(value: unknown, path: Path): unknown {
  let part = value
  for (const step of path) part = isRecord(part) ? part[step] : undefined
  return part
}

export function setAt(value: JsonRecord, path: Path, leaf: unknown): void {
  let part = value
  for (const step of path.slice(0, -1)) {
    const next = part[step]
    const inner: JsonRecord = isRecord(next) ? next : {}
    part[step] = inner
    part = inner
  }
  const last = path.at(-1)
  if (last !== undefined) part[last] = leaf
}

/** Removes a field, and objects that are empty without it. */
export function removeAt(value: JsonRecord, path: Path): void {
  const [step, ...rest] = path
  if (step === undefined) return
  const inner = value[step]
  if (rest.length > 0 && isRecord(inner)) removeAt(inner, rest)
  if (rest.length === 0 || (isRecord(inner) && Object.keys(inner).length === 0)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the field is the caller's.
    delete value[step]
  }
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch)
  const result: JsonRecord = isRecord(target) ? { ...target } : {}
  for (const [name, part] of Object.entries(patch)) {
    if (part === null) removeAt(result, [name])
    else result[name] = mergePatch(result[name], part)
  }
  return result
}
