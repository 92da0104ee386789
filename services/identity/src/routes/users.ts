import { Type } from 'typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import { ProblemError, type TraceContext } from '@medqueue/service-kit'

import { etagOf } from '../domain/etag.ts'
import type { User } from '../domain/users.ts'
import { IdentityErrors } from '../errors.ts'
import type { UserFilter } from '../store/list-users.ts'
import type { Change } from '../users/change-user.ts'
import { bodyOf, DisplayName, PersonRole, Precondition, UserBody, UserParams } from './schemas.ts'

const ListQuery = strictObject({
  role: Type.Optional(PersonRole),
  active: Type.Optional(Type.Boolean()),
  cursor: Type.Optional({ ...Uuid, description: 'Take it from `next` of the page before' }),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
})

const UserPage = Type.Object({
  items: Type.Array(UserBody),
  next: Type.Union([Uuid, Type.Null()], { description: 'Cursor of the next page; null on the last' }),
})

const UserPatch = Type.Object(
  {
    displayName: Type.Optional(DisplayName),
    active: Type.Optional(Type.Boolean()),
    roles: Type.Optional(Type.Array(PersonRole, { maxItems: 4, uniqueItems: true })),
  },
  { additionalProperties: false, minProperties: 1 },
)

export interface UserRoutesOptions {
  findUser: (id: string) => Promise<User | undefined>
  listUsers: (filter: UserFilter) => Promise<User[]>
  /** Throws IDENTITY_USER_NOT_FOUND, IDENTITY_VERSION_STALE, IDENTITY_LAST_ADMIN. */
  changeUser: (change: Change, traceparent: string) => Promise<User>
  traceparentOf: (request: { trace: TraceContext }) => string
}

const config = { permission: 'user:manage' } as const
const tags = ['users']

/** `/v1/users`: what an administrator may do with users. */
export const userRoutes: FastifyPluginAsyncTypebox<UserRoutesOptions> = async (app, options) => {
  const list = {
    operationId: 'listUsers',
    summary: 'List users by e-mail address',
    tags,
    querystring: ListQuery,
    response: { 200: UserPage },
  }
  app.get('/v1/users', { schema: list, config }, async (request) => {
    const { cursor, limit, role, active } = request.query
    // One more than asked tells whether there is a next page.
    const users = await options.listUsers({ role, active, after: cursor, limit: limit + 1 })
    const items = users.slice(0, limit)
    const next = users.length > limit ? (items.at(-1)?.id ?? null) : null
    return { items: items.map(bodyOf), next }
  })

  const get = {
    operationId: 'getUser',
    summary: 'Read one user',
    tags,
    params: UserParams,
    response: { 200: UserBody, 404: Problem },
  }
  app.get('/v1/users/:id', { schema: get, config }, async (request, reply) => {
    const user = await options.findUser(request.params.id)
    if (user === undefined) throw new ProblemError(IdentityErrors.IDENTITY_USER_NOT_FOUND)
    return reply.header('etag', etagOf(user.version)).send(bodyOf(user))
  })

  const patch = {
    operationId: 'changeUser',
    summary: 'Change name, roles or state; deactivating ends every log-in',
    tags,
    params: UserParams,
    headers: Precondition,
    body: UserPatch,
    response: { 200: UserBody, 404: Problem, 409: Problem, 412: Problem, 428: Problem },
  }
  app.patch('/v1/users/:id', { schema: patch, config }, async (request, reply) => {
    const ifMatch = request.headers['if-match']
    if (ifMatch === undefined) throw new ProblemError(IdentityErrors.IDENTITY_PRECONDITION_MISSING)
    const change = { id: request.params.id, ifMatch, patch: request.body }
    const user = await options.changeUser(change, options.traceparentOf(request))
    return reply.header('etag', etagOf(user.version)).send(bodyOf(user))
  })
}
