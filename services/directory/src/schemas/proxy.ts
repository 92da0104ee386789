import { FreeText, Instant, RELATIONSHIPS, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { RecordHead, Version } from './common.ts'

const Relationship = Type.Enum([...RELATIONSHIPS], { description: 'What the proxy is to the patient' })
const Notes = Type.Boolean({
  default: false,
  description: 'May read what people have written, not only when and where',
})
const Expiry = {
  ...Instant,
  description: 'From then on the proxy may do nothing more; two years ahead at most',
}

const Reason = FreeText(200, {
  minLength: 1,
  description:
    'What was seen that allows it; the front desk must say so, and the history keeps it with who it was',
})

const terms = { relationship: Relationship, notes: Notes, expiresAt: Expiry, reason: Type.Optional(Reason) }

/** What a proxy may do, and how long. */
export const ProxyTerms = strictObject(terms)
export type ProxyTerms = Static<typeof ProxyTerms>

/** The id may be given, so that what is sent twice is made once. */
export const NewProxy = strictObject({
  id: Type.Optional(Uuid),
  proxyId: { ...Uuid, description: 'The person who may act: the id of their user' },
  ...terms,
})

/** `active` is false once it was revoked; `expiresAt` is told as it is, past or not. */
export const ProxyRecord = Type.Object({
  ...RecordHead,
  patientId: Uuid,
  proxyId: Uuid,
  relationship: Relationship,
  notes: Type.Boolean(),
  expiresAt: Type.String({ description: 'RFC 3339, UTC' }),
})
export type ProxyRecord = Static<typeof ProxyRecord>

/** The same for the proxy, who must know whom it is about. */
export const ActsFor = Type.Object({ ...ProxyRecord.properties, patientName: Type.String() })
export type ActsFor = Static<typeof ActsFor>

export const ProxyChange = Type.Object({
  version: Version,
  at: Type.String({ description: 'RFC 3339, UTC' }),
  by: { ...Uuid, description: 'Who granted, changed or revoked it' },
  active: Type.Boolean(),
  relationship: Relationship,
  notes: Type.Boolean(),
  expiresAt: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'What was seen that allows it' }),
})
export type ProxyChange = Static<typeof ProxyChange>

export const GrantParams = strictObject({ id: Uuid, grantId: Uuid })

/** Most people who may act for one patient at a time: not counted who was revoked or whose time is over. */
export const MOST_PROXIES = 10
/** Most patients one person may act for at a time. */
export const MOST_PATIENTS = 50
