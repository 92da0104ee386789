import { defineErrors } from '@medqueue/service-kit'

/** What the gateway itself can answer; everything else comes from the services behind it. */
export const GatewayErrors = defineErrors('GATEWAY', {
  GATEWAY_UPSTREAM_DOWN: {
    status: 503,
    title: 'The service behind this path is down.',
    hint: 'Try again after the seconds that `Retry-After` gives. Nothing was done.',
  },
  GATEWAY_UPSTREAM_LOST: {
    status: 503,
    title: 'The connection to the service behind this path broke.',
    hint: 'Try again with the same `Idempotency-Key`: the request may have been taken.',
  },
  GATEWAY_FULL: {
    status: 503,
    title: 'The gateway holds as many WebSockets as it can.',
    hint: 'Try again after the seconds that `Retry-After` gives.',
  },
  GATEWAY_UPSTREAM_LATE: {
    status: 504,
    title: 'The service behind this path did not answer in time.',
    hint: 'Try again with the same `Idempotency-Key`: the request may have been taken.',
  },
})
