import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { Problem } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'

import { etagOf } from '../domain/etag.ts'
import type { User } from '../domain/users.ts'
import { IdentityErrors } from '../errors.ts'
import { bodyOf, UserBody } from './schemas.ts'

export interface MeRoutesOptions {
  findUser: (id: string) => Promise<User | undefined>
}

/** `GET /v1/me`: the caller's own user. */
export const meRoutes: FastifyPluginAsyncTypebox<MeRoutesOptions> = async (app, options) => {
  const schema = {
    operationId: 'getMe',
    summary: 'Who I am',
    tags: ['me'],
    response: { 200: UserBody, 404: Problem },
  }

  app.get('/v1/me', { schema, config: { permission: 'user:self' } }, async (request, reply) => {
    const user = await options.findUser(request.caller.id)
    if (user === undefined) throw new ProblemError(IdentityErrors.IDENTITY_USER_NOT_FOUND)
    return reply.header('etag', etagOf(user.version)).send(bodyOf(user))
  })
}
