import { isIP } from 'node:net'

import { ProblemError } from '@medqueue/service-kit'

import { SchedulingErrors } from '../errors.ts'
import type { OutsideWorld } from './outside/world.ts'

/**
 * The address of an outside calendar as it is kept: `webcal` is what calendar programs call https. Throws
 * SCHEDULING_CALENDAR_ADDRESS for what can be told to be wrong without asking anybody; the rest shows when it is
 * fetched.
 */
export function subscriptionUrl(text: string, world: Pick<OutsideWorld, 'permits' | 'ports'>): string {
  const url = URL.parse(text.trim().replace(/^webcals?:/i, 'https:'))
  if (url?.protocol !== 'https:') throw refused('It does not begin with https://.')
  if (url.username !== '' || url.password !== '') throw refused('It holds a user name or a password.')
  if (!world.ports.has(url.port === '' ? 443 : Number(url.port))) throw refused('It names a port.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(host) === 0
  if (isName ? !host.includes('.') && !world.permits(host) : !world.permits(host)) {
    throw refused('It is not on the public Internet.')
  }
  url.hash = ''
  return url.href
}

function refused(detail: string): ProblemError {
  return new ProblemError(SchedulingErrors.SCHEDULING_CALENDAR_ADDRESS, { field: 'url', detail })
}
