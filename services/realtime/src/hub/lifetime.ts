import type { Closing } from '../domain/closing.ts'
import type { Grants } from '../domain/grants.ts'
import type { TicketClaims } from '../store/tickets.ts'

/** Longest time that a timer can be set to; milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

interface Until {
  grants: Pick<Grants, 'endOf' | 'watch'>
  now: () => Date
  close: (why: Extract<Closing, 'expired' | 'revoked'>) => void
}

/**
 * Closes a socket when its access token ends, and one that was opened for somebody else also when the patient does not let
 * it any more: at once when it is revoked, at its end when it is not prolonged before. Returns what gives up doing so.
 */
export function endInTime({ id, patientId, exp }: TicketClaims, { grants, now, close }: Until): () => void {
  let timer: NodeJS.Timeout | undefined
  const pair = patientId === undefined ? undefined : { patientId, proxyId: id }
  const look = () => {
    clearTimeout(timer)
    const token = exp * 1_000
    const granted = pair === undefined ? Infinity : grants.endOf(pair)
    const left = Math.min(token, granted) - now().getTime()
    if (left <= 0) return close(granted < token ? 'revoked' : 'expired')
    timer = setTimeout(look, Math.min(left, LONGEST_TIMER_MS))
  }
  const unwatch = pair === undefined ? undefined : grants.watch(pair, look)
  // In a turn of its own: the caller is not done yet.
  timer = setTimeout(look, 0)
  return () => {
    clearTimeout(timer)
    unwatch?.()
  }
}
