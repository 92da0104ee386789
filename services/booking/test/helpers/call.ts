import { randomUUID } from 'node:crypto'

import type { Role } from '@medqueue/contracts'
import type { LightMyRequestResponse } from 'fastify'

import type { World } from './world.ts'

export interface Call {
  as: string
  role?: Role
  body?: object
  ifMatch?: string
}

/** Sends a request as somebody. */
export async function call(
  { app, token }: Pick<World, 'app' | 'token'>,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { as, role = 'patient', body, ifMatch }: Call,
): Promise<LightMyRequestResponse> {
  return app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${token(as, role)}`,
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** A service of ours with more to it than the doctor's time; every doctor of the world offers it. */
export async function addService(
  { pool }: Pick<World, 'pool'>,
  columns: Record<string, string | number>,
): Promise<string> {
  const id = randomUUID()
  const given = {
    id,
    version: 1,
    active: true,
    name: 'Service',
    duration: '20 min',
    buffer_after: '0',
    alignment: '20 min',
    minimum_notice: '0',
    horizon: '30 d',
    approval: 'automatic',
    ...columns,
  }
  const names = Object.keys(given)
  await pool.query(
    `INSERT INTO service_type (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(given),
  )
  await pool.query('UPDATE doctor SET service_ids = service_ids || $1::uuid', [id])
  return id
}

/** Rooms or devices of a kind at the world's clinic. */
export async function addResources(
  { pool, people }: Pick<World, 'pool' | 'people'>,
  kind: string,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID() as string)
  await pool.query(
    `INSERT INTO bookable_resource SELECT id, 1, true, $2, $3, 'Room' FROM unnest($1::uuid[]) id`,
    [ids, kind, people.clinic],
  )
  return ids
}

/** Resolves when the condition holds; rejects when it does not within half a minute. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not happen within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
