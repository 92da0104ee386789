import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem } from '@medqueue/contracts'
import type { Caller } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { notFound } from '../change.ts'
import { admitOnly } from '../domain/access.ts'
import { expectedVersions } from '../http/preconditions.ts'
import { sendChanged, sendPage, sendRecord } from '../http/send.ts'
import { changeProxy, grantProxy, revokeProxy } from '../proxies.ts'
import { IdParams, NoBody, NoQuery, pageOf } from '../schemas/common.ts'
import { ActsFor, GrantParams, NewProxy, ProxyChange, ProxyRecord, ProxyTerms } from '../schemas/proxy.ts'
import { findProxy } from '../store/find-proxy.ts'
import { listActsFor } from '../store/list-acts-for.ts'
import { listProxies } from '../store/list-proxies.ts'
import { listProxyChanges } from '../store/list-proxy-changes.ts'
import { changeOf, type RouteOptions } from './options.ts'

const config = { permission: 'proxy:write' } as const
const querystring = NoQuery
const changed = {
  ...{ 200: ProxyRecord, 400: Problem, 403: Problem, 404: Problem },
  ...{ 409: Problem, 412: Problem, 422: Problem, 428: Problem },
}
const own = { personal: true }

/** Consent is the patient's, or given at the front desk: never the would-be proxy's. */
const admitToGrant = (caller: Caller, patientId: string) =>
  admitOnly(caller, [patientId], caller.can('directory:write'))

/** `/v1/patients/{id}/proxies`: who may act for a patient. The proxy reads and revokes what is granted, and no more. */
export const proxyRoutes: FastifyPluginAsyncTypebox<RouteOptions> = async (app, options) => {
  const { pool, now } = options

  /** For the patient, the proxy, and those who may read patients. Throws DIRECTORY_NOT_FOUND. */
  const read = async (caller: Caller, { id: patientId, grantId: id }: { id: string; grantId: string }) => {
    const proxy = await findProxy(pool, { id, patientId })
    if (proxy === undefined) throw notFound()
    admitOnly(caller, [proxy.patientId, proxy.proxyId], caller.can('patient:read-any'))
    return proxy
  }

  const grantSchema = {
    operationId: 'grantProxy',
    params: IdParams,
    querystring,
    body: NewProxy,
    response: { 201: ProxyRecord, 400: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem },
  }
  app.post('/v1/patients/:id/proxies', { config, schema: grantSchema }, async (request, reply) => {
    const { id: patientId } = request.params
    admitToGrant(request.caller, patientId)
    const { id, proxyId, ...terms } = request.body
    const grant = { id, patientId, proxyId, terms, callerId: request.caller.id }
    const proxy = await grantProxy(changeOf(request, options), grant)
    reply.header('location', `/v1/patients/${patientId}/proxies/${proxy.id}`)
    return sendChanged(reply, proxy, 201)
  })

  const listSchema = {
    operationId: 'listProxies',
    params: IdParams,
    querystring,
    response: { 200: pageOf(ProxyRecord), 403: Problem, 404: Problem },
  }
  app.get('/v1/patients/:id/proxies', { config, schema: listSchema }, async (request, reply) => {
    const { id } = request.params
    admitOnly(request.caller, [id], request.caller.can('patient:read-any'))
    return sendPage(request, reply, { items: await listProxies(pool, id), next: null }, own)
  })

  const actsForSchema = {
    operationId: 'listPatientsActedFor',
    summary: 'For whom a person may act now',
    params: IdParams,
    querystring,
    response: { 200: pageOf(ActsFor), 403: Problem, 404: Problem },
  }
  app.get('/v1/patients/:id/acts-for', { config, schema: actsForSchema }, async (request, reply) => {
    const { id: proxyId } = request.params
    admitOnly(request.caller, [proxyId], request.caller.can('directory:write'))
    const items = await listActsFor(pool, { proxyId, at: now() })
    return sendPage(request, reply, { items, next: null }, own)
  })

  const getSchema = {
    operationId: 'getProxy',
    params: GrantParams,
    querystring,
    response: { 200: ProxyRecord, 403: Problem, 404: Problem },
  }
  app.get('/v1/patients/:id/proxies/:grantId', { config, schema: getSchema }, async (request, reply) =>
    sendRecord(request, reply, await read(request.caller, request.params), own),
  )

  const historySchema = {
    operationId: 'getProxyHistory',
    summary: 'Who granted, changed and revoked it, and when',
    params: GrantParams,
    querystring,
    response: { 200: Type.Object({ history: Type.Array(ProxyChange) }), 403: Problem, 404: Problem },
  }
  app.get('/v1/patients/:id/proxies/:grantId/history', { config, schema: historySchema }, async (request) => {
    const { id } = await read(request.caller, request.params)
    return { history: await listProxyChanges(pool, id) }
  })

  const changeSchema = {
    operationId: 'changeProxy',
    params: GrantParams,
    querystring,
    body: ProxyTerms,
    response: changed,
  }
  app.put('/v1/patients/:id/proxies/:grantId', { config, schema: changeSchema }, async (request, reply) => {
    const { id: patientId, grantId: id } = request.params
    admitToGrant(request.caller, patientId)
    const expected = expectedVersions(request)
    const change = { id, patientId, expected, terms: request.body, callerId: request.caller.id }
    return sendChanged(reply, await changeProxy(changeOf(request, options), change))
  })

  const revokeSchema = {
    operationId: 'revokeProxy',
    summary: 'At once and for good; If-Match is heeded and not asked for',
    params: GrantParams,
    querystring,
    body: NoBody,
    response: changed,
  }
  app.post(
    '/v1/patients/:id/proxies/:grantId/revoke',
    { config, schema: revokeSchema },
    async (request, reply) => {
      const { patientId, proxyId, id } = await read(request.caller, request.params)
      admitOnly(request.caller, [patientId, proxyId], request.caller.can('directory:write'))
      const expected = request.headers['if-match'] === undefined ? 'any' : expectedVersions(request)
      const change = { id, patientId, expected, callerId: request.caller.id }
      return sendChanged(reply, await revokeProxy(changeOf(request, options), change))
    },
  )
}
