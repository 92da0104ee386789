import type { ServiceMetrics } from '@medqueue/service-kit'
import { Counter } from 'prom-client'

import type { LogInOutcome } from './users/log-in.ts'

export interface IdentityMetrics {
  logIn: (outcome: LogInOutcome['kind']) => void
  signUp: () => void
}

/** What an operator wants to see of log-ins: an attack is a rise of `wrong` and `wait`, a storm a rise of `busy`. */
export function createIdentityMetrics({ registry }: ServiceMetrics): IdentityMetrics {
  const logIns = new Counter({
    name: 'identity_log_ins_total',
    help: 'Log-in tries by outcome: in, wrong, wait (backed off), busy (turned away)',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const signUps = new Counter({
    name: 'identity_sign_ups_total',
    help: 'Sign-ups accepted, those with a known address included',
    registers: [registry],
  })
  return { logIn: (outcome) => logIns.inc({ outcome }), signUp: () => signUps.inc() }
}
