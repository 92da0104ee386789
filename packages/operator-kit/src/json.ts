import { isDeepStrictEqual } from 'node:util'

import type { KubeObject } from './types/object.ts'

export type JsonRecord = Record<string, unknown>

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy without some of its fields. */
export function without<T extends object>(value: T, ...names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as Partial<T>
}

/** Has what every stored object has: a name and a resource version. */
export function isKubeObject(value: unknown): value is KubeObject {
  if (!isRecord(value) || !isRecord(value.metadata)) return false
  const { name, resourceVersion } = value.metadata
  return typeof name === 'string' && typeof resourceVersion === 'string' && resourceVersion !== ''
}

/** Freezes all of it: objects of a cache are shared, and a change to one would be a change nobody made. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}

export const sameJson = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other)
