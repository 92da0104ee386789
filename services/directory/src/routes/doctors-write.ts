import { Problem } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { createDoctor, replaceDoctor, switchDoctor } from '../doctors.ts'
import { expectedVersions } from '../http/preconditions.ts'
import { sendChanged } from '../http/send.ts'
import { IdParams, newBody, NoBody, NoQuery } from '../schemas/common.ts'
import { doctorFields, DoctorRecord, DoctorWrite } from '../schemas/doctor.ts'
import { changeOf, type RouteOptions } from './options.ts'

const config = { permission: 'directory:write' } as const
const changed = { 200: DoctorRecord, 400: Problem, 404: Problem, 412: Problem, 428: Problem }

/** Changes of doctors, by admins. A doctor's record has the id of the doctor's user. */
export const doctorWriteRoutes: FastifyPluginAsyncTypebox<RouteOptions> = async (app, options) => {
  const createSchema = {
    operationId: 'createDoctor',
    body: newBody(doctorFields),
    querystring: NoQuery,
    response: { 201: DoctorRecord, 400: Problem, 409: Problem, 422: Problem },
  }
  app.post('/v1/doctors', { config, schema: createSchema }, async (request, reply) => {
    const { id, ...fields } = request.body
    const doctor = await createDoctor(changeOf(request, options), { id, fields })
    reply.header('location', `/v1/doctors/${doctor.id}`)
    return sendChanged(reply, doctor, 201)
  })

  const replaceSchema = {
    operationId: 'replaceDoctor',
    params: IdParams,
    querystring: NoQuery,
    body: DoctorWrite,
    response: { ...changed, 422: Problem },
  }
  app.put('/v1/doctors/:id', { config, schema: replaceSchema }, async (request, reply) => {
    const change = { id: request.params.id, expected: expectedVersions(request), fields: request.body }
    return sendChanged(reply, await replaceDoctor(changeOf(request, options), change))
  })

  for (const [verb, active] of [
    ['activate', true],
    ['deactivate', false],
  ] as const) {
    const operationId = `${verb}Doctor`
    const schema = { operationId, params: IdParams, querystring: NoQuery, body: NoBody, response: changed }
    app.post(`/v1/doctors/:id/${verb}`, { config, schema }, async (request, reply) => {
      const change = { id: request.params.id, expected: expectedVersions(request), active }
      return sendChanged(reply, await switchDoctor(changeOf(request, options), change))
    })
  }
}
