import { Problem } from '@medqueue/contracts'
import { type Caller, ProblemError } from '@medqueue/service-kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { notFound } from '../change.ts'
import { cutPage, encodeCursor } from '../domain/cursor.ts'
import { MOST_WORDS, searchWords } from '../domain/search-text.ts'
import { DirectoryErrors } from '../errors.ts'
import { NamePosition, positionOf, ScorePosition } from '../http/paging.ts'
import { sendPage, sendRecord } from '../http/send.ts'
import { IdParams, NoQuery, pageOf } from '../schemas/common.ts'
import { DoctorQuery, DoctorRecord } from '../schemas/doctor.ts'
import { findDoctor } from '../store/find-doctor.ts'
import { listDoctors } from '../store/list-doctors.ts'
import { searchDoctors } from '../store/search-doctors.ts'
import { doctorWriteRoutes } from './doctors-write.ts'
import type { RouteOptions } from './options.ts'

const config = { permission: 'public' } as const

/** `/v1/doctors`: everybody may search and read; admins write. */
export const doctorRoutes: FastifyPluginAsyncTypebox<RouteOptions> = async (app, options) => {
  const { pool } = options

  const searchSchema = {
    operationId: 'searchDoctors',
    querystring: DoctorQuery,
    response: { 200: pageOf(DoctorRecord), 400: Problem },
  }
  app.get('/v1/doctors', { config, schema: searchSchema }, async (request, reply) => {
    const { items, next } = await findPage(options, request.query)
    const caller = request.callerIfAny
    const visible = items.map((doctor) => visibleTo(caller, doctor))
    return sendPage(request, reply, { items: visible, next }, { personal: seesPhones(caller) })
  })

  const getSchema = {
    operationId: 'getDoctor',
    params: IdParams,
    querystring: NoQuery,
    response: { 200: DoctorRecord, 404: Problem },
  }
  app.get('/v1/doctors/:id', { config, schema: getSchema }, async (request, reply) => {
    const doctor = await findDoctor(pool, request.params.id)
    if (doctor === undefined) throw notFound()
    const caller = request.callerIfAny
    return sendRecord(request, reply, visibleTo(caller, doctor), { personal: seesPhones(caller) })
  })

  await app.register(doctorWriteRoutes, options)
}

/** Staff see every number; a doctor who is no admin sees the own one. */
function seesPhones(caller: Caller | undefined): boolean {
  return caller?.can('directory:write') === true || caller?.roles.includes('doctor') === true
}

function visibleTo(caller: Caller | undefined, doctor: DoctorRecord): DoctorRecord {
  const allowed = doctor.phonePublic || caller?.can('directory:write') === true || caller?.id === doctor.id
  return allowed ? doctor : { ...doctor, phone: null }
}

interface Page {
  items: DoctorRecord[]
  next: string | null
}

async function findPage(
  { pool }: RouteOptions,
  { q, cursor, limit, ...filters }: DoctorQuery,
): Promise<Page> {
  const words = searchWords(q ?? '')
  if (words.length > MOST_WORDS) {
    const detail = `must have at most ${MOST_WORDS} words`
    throw new ProblemError(DirectoryErrors.DIRECTORY_SEARCH_TOO_LONG, { field: 'q', detail })
  }
  if (words.length === 0) {
    const after = positionOf(NamePosition, cursor)
    const { page, last } = cutPage(await listDoctors(pool, { filters, after, limit: limit + 1 }), limit)
    return {
      items: page,
      next: last === undefined ? null : encodeCursor({ name: last.sortName, id: last.id }),
    }
  }
  const after = positionOf(ScorePosition, cursor)
  const { page, last } = cutPage(
    await searchDoctors(pool, { filters, words, after, limit: limit + 1 }),
    limit,
  )
  return {
    items: page,
    next: last === undefined ? null : encodeCursor({ score: last.score, name: last.sortName, id: last.id }),
  }
}
