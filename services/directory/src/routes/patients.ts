import { Problem } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { notFound } from '../change.ts'
import { admitToPatient } from '../domain/access.ts'
import { expectedVersions } from '../http/preconditions.ts'
import { sendChanged, sendRecord } from '../http/send.ts'
import { changeContact, createPatient, switchPatient } from '../patients.ts'
import { IdParams, newBody, NoBody, NoQuery } from '../schemas/common.ts'
import { ContactPatch, patientFields, PatientRecord } from '../schemas/patient.ts'
import { findRow } from '../store/find-row.ts'
import { PATIENTS } from '../store/tables.ts'
import { changeOf, type RouteOptions } from './options.ts'

const asAdmin = { permission: 'directory:write' } as const
const asPerson = { permission: 'authenticated' } as const
const changed = { 200: PatientRecord, 400: Problem, 404: Problem, 412: Problem, 428: Problem }

/** `/v1/patients`: patients read and reach only their own record; to them, others' records do not exist. */
export const patientRoutes: FastifyPluginAsyncTypebox<RouteOptions> = async (app, options) => {
  const createSchema = {
    operationId: 'createPatient',
    body: newBody(patientFields),
    querystring: NoQuery,
    response: { 201: PatientRecord, 400: Problem, 409: Problem },
  }
  app.post('/v1/patients', { config: asAdmin, schema: createSchema }, async (request, reply) => {
    const { id, name, birthYear = null, email = null, phone = null } = request.body
    const fields = { name, birthYear, email, phone }
    const patient = await createPatient(changeOf(request, options), { id, fields })
    reply.header('location', `/v1/patients/${patient.id}`)
    return sendChanged(reply, patient, 201)
  })

  const getSchema = {
    operationId: 'getPatient',
    params: IdParams,
    querystring: NoQuery,
    response: { 200: PatientRecord, 403: Problem, 404: Problem },
  }
  app.get('/v1/patients/:id', { config: asPerson, schema: getSchema }, async (request, reply) => {
    const { id } = request.params
    admitToPatient(request.caller, id, request.caller.can('patient:read-any'))
    const patient = await findRow(options.pool, PATIENTS, id)
    if (patient === undefined) throw notFound()
    return sendRecord(request, reply, patient, { personal: true })
  })

  const patchSchema = {
    operationId: 'changeContact',
    params: IdParams,
    querystring: NoQuery,
    body: ContactPatch,
    response: { ...changed, 403: Problem },
  }
  app.patch('/v1/patients/:id', { config: asPerson, schema: patchSchema }, async (request, reply) => {
    const { id } = request.params
    admitToPatient(request.caller, id, request.caller.can('directory:write'))
    const change = { id, expected: expectedVersions(request), patch: request.body }
    return sendChanged(reply, await changeContact(changeOf(request, options), change))
  })

  for (const [verb, active] of [
    ['activate', true],
    ['deactivate', false],
  ] as const) {
    const operationId = `${verb}Patient`
    const schema = { operationId, params: IdParams, querystring: NoQuery, body: NoBody, response: changed }
    app.post(`/v1/patients/:id/${verb}`, { config: asAdmin, schema }, async (request, reply) => {
      const change = { id: request.params.id, expected: expectedVersions(request), active }
      return sendChanged(reply, await switchPatient(changeOf(request, options), change))
    })
  }
}
