import { type EventEnvelope, namesOf, type UserRegistered } from '@medqueue/contracts'
import type { OutgoingEvent } from '@medqueue/messaging'

import type { User } from '../domain/users.ts'

/**
 * Type `identity.user.changed`, subject `identity.user.changed.<id>`: name, roles or state after the change. Carries
 * no e-mail address.
 */
export interface UserChanged {
  userId: string
  displayName: string
  roles: string[]
  active: boolean
}

/**
 * Type `identity.session.revoked`, subject `identity.session.revoked.<sid or user id>`. From now on every service
 * answers 401 to a token that has this `sid`, or that has this `sub` and was issued before `issuedBefore` (seconds
 * since 1970; a token's `iat` is compared). After `forgetAfter` no such token is alive, and the entry may go.
 */
export interface SessionRevoked {
  sid: string | null
  userId: string | null
  issuedBefore: number | null
  forgetAfter: string
}

export interface EventContext {
  newId: () => string
  now: () => Date
  /** How long an access token lives at most; seconds. */
  accessTokenSeconds: number
  /** W3C trace of the request that caused the event. */
  traceparent?: string | undefined
}

const { subjects, subject } = namesOf()
const SOURCE = 'identity'
/** Clocks of services may differ by this much; seconds. */
const CLOCK_SLACK = 60

/** A person has signed up. The directory makes the patient from it. */
export function userRegistered(
  context: EventContext,
  user: Pick<User, 'id' | 'roles' | 'displayName'>,
): OutgoingEvent {
  const data: UserRegistered = { userId: user.id, roles: user.roles, displayName: user.displayName }
  const event = envelope(context, { type: 'identity.user.registered', about: user.id, version: 1, data })
  return { subject: subjects.user('registered', user.id), event }
}

/**
 * Somebody has signed up with an address that has an account. Only the account's owner may learn of it, by a letter;
 * the caller gets the usual answer.
 */
export function registrationRepeated(context: EventContext, userId: string): OutgoingEvent {
  const event = envelope(context, {
    type: 'identity.user.registration-repeated',
    about: userId,
    version: 0,
    data: { userId },
  })
  return { subject: subjects.user('registration-repeated', userId), event }
}

export function userChanged(context: EventContext, user: User): OutgoingEvent {
  const { id, displayName, roles, active, version } = user
  const data: UserChanged = { userId: id, displayName, roles, active }
  const event = envelope(context, { type: 'identity.user.changed', about: id, version, data })
  return { subject: subjects.user('changed', id), event }
}

/** One log-in has ended: log-out, revocation, or a refresh token used twice. */
export function sessionRevoked(context: EventContext, sid: string): OutgoingEvent {
  return revocation(context, sid, { sid, userId: null, issuedBefore: null })
}

/** Every token a person holds is void: deactivated, or the roles in them are no longer true. */
export function tokensRevoked(context: EventContext, userId: string): OutgoingEvent {
  // `iat` has whole seconds, so a token of this very second counts as older.
  const issuedBefore = Math.floor(context.now().getTime() / 1_000) + 1
  return revocation(context, userId, { sid: null, userId, issuedBefore })
}

function revocation(
  context: EventContext,
  about: string,
  what: Omit<SessionRevoked, 'forgetAfter'>,
): OutgoingEvent {
  const keepMs = (context.accessTokenSeconds + CLOCK_SLACK) * 1_000
  const data: SessionRevoked = {
    ...what,
    forgetAfter: new Date(context.now().getTime() + keepMs).toISOString(),
  }
  const event = envelope(context, { type: 'identity.session.revoked', about, version: 0, data })
  return { subject: subject(`identity.session.revoked.${about}`), event }
}

function envelope<Data>(
  { newId, now, traceparent }: EventContext,
  { type, about, version, data }: { type: string; about: string; version: number; data: Data },
): EventEnvelope<Data> {
  return {
    id: newId(),
    type,
    source: SOURCE,
    subject: about,
    version,
    occurredAt: now().toISOString(),
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  }
}
