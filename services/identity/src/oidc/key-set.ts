import type pg from 'pg'

import { withTransaction } from '@medqueue/database'
import { ProblemError } from '@medqueue/service-kit'

import { generateSigningKey, type PrivateJwk, publicHalf } from '../crypto/signing-keys.ts'
import type { Vault } from '../crypto/vault.ts'
import { activationOf, type KeyPlan, type KeyPolicy, planKeys } from '../domain/key-schedule.ts'
import { IdentityErrors } from '../errors.ts'
import { deleteSigningKeys } from '../store/delete-signing-keys.ts'
import { insertSigningKey, type StoredKey } from '../store/insert-signing-key.ts'
import { listSigningKeys } from '../store/list-signing-keys.ts'
import { lockSigningKeys } from '../store/lock-signing-keys.ts'
import type { Queryable } from '../store/queryable.ts'

export interface KeyContext {
  pool: pg.Pool
  vault: Vault
  policy: KeyPolicy
  now: () => Date
}

export interface KeySet {
  plan: KeyPlan
  /** In the order of `plan.published`: the signing key first. */
  keys: PrivateJwk[]
}

const label = (kid: string) => `signing-key ${kid}`

/** The keys as they are to be used now. Makes a key when one is due and deletes those whose tokens are all expired. */
export async function maintainKeys(context: KeyContext): Promise<KeySet> {
  const { pool, policy, now } = context
  const stored = await listSigningKeys(pool)
  const plan = planKeys(stored, now(), policy)
  if (!plan.rotationDue && plan.expired.length === 0) return open(context, stored, plan)
  return withTransaction(pool, async (client) => {
    await lockSigningKeys(client)
    // Another replica may have done it while this one waited.
    const locked = await listSigningKeys(client)
    const current = planKeys(locked, now(), policy)
    if (current.rotationDue) await addKey(client, context, activationOf(current, now(), policy))
    await deleteSigningKeys(client, current.expired)
    return reload(client, context)
  })
}

/** Makes a key that begins to sign after the lead, or now. With `forgetOthers` no token issued so far stays valid. */
export async function rotateKeys(
  context: KeyContext,
  { atOnce = false, forgetOthers = false }: { atOnce?: boolean; forgetOthers?: boolean } = {},
): Promise<KeySet> {
  const { pool, policy, now } = context
  return withTransaction(pool, async (client) => {
    await lockSigningKeys(client)
    const before = await listSigningKeys(client)
    const plan = planKeys(before, now(), policy)
    await addKey(client, context, atOnce ? now() : activationOf(plan, now(), policy))
    if (forgetOthers) {
      await deleteSigningKeys(
        client,
        before.map(({ kid }) => kid),
      )
    }
    return reload(client, context)
  })
}

/** Reads only; undefined when nothing can sign. */
export async function readSigningKey(context: KeyContext): Promise<PrivateJwk | undefined> {
  const { keys, plan } = await reload(context.pool, context)
  return plan.signing === undefined ? undefined : keys[0]
}

async function reload(db: Queryable, context: KeyContext): Promise<KeySet> {
  const stored = await listSigningKeys(db)
  return open(context, stored, planKeys(stored, context.now(), context.policy))
}

async function addKey(db: Queryable, { vault }: KeyContext, activatesAt: Date): Promise<void> {
  const key = await generateSigningKey()
  await insertSigningKey(db, {
    kid: key.kid,
    publicJwk: publicHalf(key),
    sealedPrivateJwk: vault.seal(JSON.stringify(key), label(key.kid)),
    activatesAt,
  })
}

function open({ vault }: KeyContext, stored: readonly StoredKey[], plan: KeyPlan): KeySet {
  const keys = plan.published.flatMap((kid) => {
    const key = stored.find((candidate) => candidate.kid === kid)
    return key === undefined ? [] : [unseal(vault, key)]
  })
  return { plan, keys }
}

function unseal(vault: Vault, { kid, sealedPrivateJwk }: StoredKey): PrivateJwk {
  try {
    return JSON.parse(vault.open(sealedPrivateJwk, label(kid))) as PrivateJwk
  } catch (cause) {
    throw new ProblemError(IdentityErrors.IDENTITY_KEY_UNREADABLE, { detail: `Key ${kid}.`, cause })
  }
}
