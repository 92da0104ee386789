/**
 * The form of an e-mail address that decides whether two are the same: compatibility characters (full-width letters)
 * and letter case do not count. Idempotent.
 */
export function foldEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
}
