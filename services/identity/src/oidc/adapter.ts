import type { Adapter, AdapterPayload } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type pg from 'pg'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'

import { type EventContext, sessionRevoked } from '../events/identity-events.ts'
import { consumePayload } from '../store/consume-payload.ts'
import { deleteGrantPayloads } from '../store/delete-grant-payloads.ts'
import { deletePayload } from '../store/delete-payload.ts'
import { findPayload, type StoredPayload } from '../store/find-payload.ts'
import { findPayloadByUid } from '../store/find-payload-by-uid.ts'
import { upsertPayload } from '../store/upsert-payload.ts'

export interface AdapterOptions {
  pool: pg.Pool
  events: EventContext
}

/** Models whose rows fall with their grant. */
const UNDER_A_GRANT: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'AccessToken'])
/** For a payload without an end of its own; seconds. */
const LONGEST = 90 * 24 * 3_600

/**
 * What oidc-provider must remember, in PostgreSQL. Differs from the usual adapter in three ways: ids, which are
 * secrets, are stored as hashes only; ending a grant writes the event that tells every service, in the same
 * transaction; and of two who use a code or refresh token at once, the second ends the whole family.
 */
export function createAdapter(options: AdapterOptions): (model: string) => Adapter {
  return (model) => adapterOf(model, options)
}

function adapterOf(model: string, options: AdapterOptions): Adapter {
  const { pool } = options
  return {
    upsert: async (id, payload, expiresIn = LONGEST) => {
      const { grantId, accountId, uid } = payload
      await upsertPayload(pool, {
        model,
        id,
        payload: withoutSecrets(model, payload),
        grantId: UNDER_A_GRANT.has(model) ? text(grantId) : undefined,
        accountId: text(accountId),
        uid: model === 'Session' ? text(uid) : undefined,
        expiresIn,
      })
    },
    // Clients come from the configuration; an unknown client must not cost a query.
    find: async (id) => (model === 'Client' ? undefined : restore(await findPayload(pool, model, id), id)),
    findByUid: async (uid) => restore(await findPayloadByUid(pool, model, uid)),
    findByUserCode: async () => undefined,
    destroy: async (id) => {
      if (model === 'Grant') await endGrant(options, id)
      else await deletePayload(pool, model, id)
    },
    revokeByGrantId: async (grantId) => deleteGrantPayloads(pool, model, grantId),
    consume: async (id) => {
      if (await consumePayload(pool, model, id)) return
      const lost = await findPayload(pool, model, id)
      const grantId = lost?.grantId
      if (typeof grantId === 'string') {
        await endGrant(options, grantId)
        await deleteGrantPayloads(pool, 'RefreshToken', grantId)
      }
      throw new errors.InvalidGrant('already used')
    },
  }
}

/** Ends a grant and says so, in one transaction. Without its grant no code or refresh token is taken any more. */
export async function endGrant({ pool, events }: AdapterOptions, grantId: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    if (await deletePayload(client, 'Grant', grantId)) {
      await appendEvents(client, [sessionRevoked(events, grantId)])
    }
  })
}

/** A payload repeats its id, and an interaction the session's cookie: neither may lie in the database. */
function withoutSecrets(model: string, payload: AdapterPayload): AdapterPayload {
  const { session } = payload
  const inSession = model === 'Interaction' && typeof session === 'object' && session !== null
  return {
    ...payload,
    jti: undefined,
    ...(inSession ? { session: { ...session, cookie: undefined } } : {}),
  }
}

function restore(stored: StoredPayload | undefined, id?: string): AdapterPayload | undefined {
  if (stored === undefined) return undefined
  const { payload, consumedAt } = stored
  return {
    ...payload,
    ...(id === undefined ? {} : { jti: id }),
    ...(consumedAt === null ? {} : { consumed: Math.floor(consumedAt.getTime() / 1_000) }),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
