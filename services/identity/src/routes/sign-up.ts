import { type Static, Type } from 'typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { Problem, strictObject } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'

import { passwordFault } from '../domain/password-rules.ts'
import { IdentityErrors } from '../errors.ts'
import { DisplayName, Email, Password } from './schemas.ts'
import type { UserRoutesOptions } from './users.ts'

const SignUp = strictObject({ email: Email, displayName: DisplayName, password: Password })

const Accepted = Type.Object({
  status: Type.Literal('accepted', { description: 'The same, whether the address was free or not' }),
})

export interface SignUpRoutesOptions {
  /** Sign-ups a minute from one address. */
  perMinute: number
  /** Must take as long and resolve the same when the address has an account. */
  register: (signUp: Static<typeof SignUp>, traceparent: string) => Promise<void>
  traceparentOf: UserRoutesOptions['traceparentOf']
}

/** `POST /v1/users`: a person makes a patient's account. The answer never says whether the address had one. */
export const signUpRoutes: FastifyPluginAsyncTypebox<SignUpRoutesOptions> = async (app, options) => {
  const schema = {
    operationId: 'signUp',
    summary: 'Make an account',
    tags: ['users'],
    body: SignUp,
    response: { 202: Accepted, 422: Problem, 429: Problem, 503: Problem },
  }
  const config = { permission: 'public', rateLimit: { perMinute: options.perMinute } } as const

  app.post('/v1/users', { schema, config }, async (request, reply) => {
    const fault = passwordFault(request.body.password, request.body)
    if (fault !== undefined) {
      throw new ProblemError(IdentityErrors.IDENTITY_PASSWORD_WEAK, { field: 'password', detail: fault })
    }
    await options.register(request.body, options.traceparentOf(request))
    return reply.code(202).header('cache-control', 'no-store').send({ status: 'accepted' })
  })
}
