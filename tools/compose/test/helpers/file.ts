import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT } from '@medqueue/embedded'
import { parse } from 'yaml'

import type { Container, HARDENED } from '../../src/container.ts'

export type Service = Container & typeof HARDENED

/** The services of compose.yaml, as Compose reads them before it fills in anything. */
export function servicesOfFile(): Record<string, Service> {
  const text = readFileSync(join(ROOT, 'compose.yaml'), 'utf8')
  return (parse(text, { version: '1.1' }) as { services: Record<string, Service> }).services
}

const VARIABLE = /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g

/** Names of the variables in a text. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].map(([, name = '']) => name)

/** Fills variables in as Compose does. Throws on one that must be set and is not. */
export function filledIn(text: string, env: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    VARIABLE,
    (_all, name: string, kind: string | undefined, rest: string | undefined) => {
      const value = env.get(name) ?? ''
      if (value !== '') return value
      if (kind === '?') throw new Error(`${name} is missing: ${rest ?? ''}`)
      return rest ?? ''
    },
  )
}
