import { COMMON_PASSWORDS } from './common-passwords.ts'
import { foldEmail } from './email.ts'

/** Lengths in characters; the upper bound keeps hashing cheap. Composition rules are left out: they help nobody. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const

/** The bytes that are hashed: two ways of typing the same letters give the same password. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC')
}

/** Why a password of valid length is refused, in words for the person, or undefined when it will do. */
export function passwordFault(
  password: string,
  { email, displayName }: { email: string; displayName: string },
): string | undefined {
  const folded = normalisePassword(password).toLowerCase()
  if (COMMON_PASSWORDS.has(folded)) return 'is among the passwords guessed first'
  if (/^(.)\1+$/u.test(folded)) return 'repeats one character'
  const [local = ''] = foldEmail(email).split('@')
  const own = [
    foldEmail(email),
    local,
    displayName.toLowerCase(),
    displayName.toLowerCase().replaceAll(' ', ''),
  ]
  if (own.includes(folded)) return 'must not be your e-mail address or name'
  return undefined
}
