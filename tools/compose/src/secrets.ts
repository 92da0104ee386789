import type { Secrets } from '@medqueue/embedded'

export type Encoding = NonNullable<Parameters<Secrets['get']>[1]>

/** A secret that .env holds. */
export interface SecretVariable {
  variable: string
  encoding: Encoding
}

export interface Placeholders {
  /** Gives for each secret the place where Compose puts it. */
  secrets: Secrets
  /** Every secret that has been asked for, by name. */
  asked: () => SecretVariable[]
}

/** Secrets as a file may have them that everybody reads: by name. */
export function placeholders(): Placeholders {
  const known = new Map<string, Encoding>()
  return {
    secrets: {
      get: (name, encoding = 'hex') => {
        const variable = variableOf(name)
        known.set(variable, encoding)
        return `\${${variable}:?run make compose}`
      },
    },
    asked: () =>
      [...known]
        .map(([variable, encoding]) => ({ variable, encoding }))
        .sort((a, b) => (a.variable < b.variable ? -1 : 1)),
  }
}

/** `booking.waitingRoom` is SECRET_BOOKING_WAITING_ROOM. */
export function variableOf(name: string): string {
  const words = name.replaceAll('.', '_').replaceAll(/([a-z])([A-Z])/g, '$1_$2')
  return `SECRET_${words.toUpperCase()}`
}
