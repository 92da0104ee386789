import { Type } from 'typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { Problem, Uuid } from '@medqueue/contracts'

import { etagOf } from '../domain/etag.ts'
import type { PersonRole as Role, User } from '../domain/users.ts'
import { bodyOf, PersonRole, UserBody } from './schemas.ts'
import type { UserRoutesOptions } from './users.ts'

const Params = Type.Object({ id: Uuid, role: PersonRole })

/** `/v1/users/{id}/roles/{role}`: gives or takes one role. Both may be repeated without a further effect. */
export const userRoleRoutes: FastifyPluginAsyncTypebox<
  Pick<UserRoutesOptions, 'changeUser' | 'traceparentOf'>
> = async (app, { changeUser, traceparentOf }) => {
  const config = { permission: 'user:manage' } as const
  const schema = {
    tags: ['users'],
    params: Params,
    response: { 200: UserBody, 404: Problem, 409: Problem },
  }
  const give = { ...schema, operationId: 'giveRole', summary: 'Give a role' }
  const take = { ...schema, operationId: 'takeRole', summary: 'Take a role away' }
  const withRole = (role: Role) => (user: User) => ({ roles: [...user.roles, role] })
  const withoutRole = (role: Role) => (user: User) => ({ roles: user.roles.filter((held) => held !== role) })

  app.put('/v1/users/:id/roles/:role', { schema: give, config }, async (request, reply) => {
    const { id, role } = request.params
    const user = await changeUser({ id, patch: withRole(role) }, traceparentOf(request))
    return reply.header('etag', etagOf(user.version)).send(bodyOf(user))
  })

  app.delete('/v1/users/:id/roles/:role', { schema: take, config }, async (request, reply) => {
    const { id, role } = request.params
    const user = await changeUser({ id, patch: withoutRole(role) }, traceparentOf(request))
    return reply.header('etag', etagOf(user.version)).send(bodyOf(user))
  })
}
