import { defineErrors } from '@medqueue/service-kit'

/** Every error this service answers with, beyond those that all services share. */
export const IdentityErrors = defineErrors('IDENTITY', {
  IDENTITY_USER_NOT_FOUND: {
    status: 404,
    title: 'There is no such user.',
    hint: 'Take ids from GET /v1/users.',
  },
  IDENTITY_PASSWORD_WEAK: {
    status: 422,
    title: 'The password is too easy to guess.',
    hint: 'Choose a longer one, such as four words that do not belong together.',
  },
  IDENTITY_PRECONDITION_MISSING: {
    status: 428,
    title: 'A change must say which version it is based on.',
    hint: 'Send `If-Match` with the ETag of the user as you read it.',
  },
  IDENTITY_VERSION_STALE: {
    status: 412,
    title: 'Somebody has changed the user since you read it.',
    hint: 'Read the user again and repeat the change with the new ETag.',
  },
  IDENTITY_LAST_ADMIN: {
    status: 409,
    title: 'Nobody would be left to administer.',
    hint: 'Give another active user the role admin first.',
  },
  IDENTITY_BUSY: {
    status: 503,
    title: 'Too many people are logging in.',
    hint: 'Try again after the seconds that `Retry-After` gives.',
  },
  IDENTITY_KEY_UNREADABLE: {
    status: 500,
    title: 'A signing key cannot be decrypted.',
    hint: 'At start only: set KEY_ENCRYPTION_KEY to the key the database was set up with.',
  },
  IDENTITY_NO_SIGNING_KEY: {
    status: 500,
    title: 'There is no signing key.',
    hint: 'In tools only: start the service once, it makes the first key.',
  },
})
