import { defineErrors } from '@medqueue/service-kit'

/** What can go wrong in the directory, each with a code that says what to do next. */
export const DirectoryErrors = defineErrors('DIRECTORY', {
  DIRECTORY_NOT_FOUND: {
    status: 404,
    title: 'There is no such record.',
    hint: 'Check the id; records that were deactivated are still found.',
  },
  DIRECTORY_IF_MATCH_MISSING: {
    status: 428,
    title: 'The change does not say which version it is for.',
    hint: 'Read the record and send its ETag as `If-Match`.',
  },
  DIRECTORY_IF_MATCH_MALFORMED: {
    status: 400,
    title: 'The If-Match header cannot be read.',
    hint: 'Send the ETag as it was received, with its quotes, or `*`.',
  },
  DIRECTORY_STALE: {
    status: 412,
    title: 'Somebody else has changed the record.',
    hint: 'Read the record again, apply the change to it and send the new ETag.',
  },
  DIRECTORY_ID_TAKEN: {
    status: 409,
    title: 'A record with this id exists.',
    hint: 'Change the record that exists, or leave the id out.',
  },
  DIRECTORY_NAME_TAKEN: {
    status: 409,
    title: 'Another record has this name.',
    hint: 'Choose a name that differs in more than accents and case.',
  },
  DIRECTORY_REFERENCE_INVALID: {
    status: 422,
    title: 'The record refers to something that cannot be used.',
    hint: 'Use ids of active specialties, clinics, service types and people.',
  },
  DIRECTORY_FIELD_INVALID: {
    status: 422,
    title: 'A field has a value that does not exist.',
    hint: 'Correct the fields named in `errors`.',
  },
  DIRECTORY_PROXY_EXISTS: {
    status: 409,
    title: 'This person may act for the patient already.',
    hint: 'Change what is there, also to make it last longer.',
  },
  DIRECTORY_PROXIES_FULL: {
    status: 409,
    title: 'Too many people act for one patient, or one person for too many.',
    hint: 'End what is not needed any more.',
  },
  DIRECTORY_PROXY_REVOKED: {
    status: 409,
    title: 'It was revoked, and stays so.',
    hint: 'Let the person act for the patient anew.',
  },
  DIRECTORY_CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not one of ours.',
    hint: 'Send `next` of the page before as it was received, with the same filters.',
  },
  DIRECTORY_SEARCH_TOO_LONG: {
    status: 400,
    title: 'The search text has too many words.',
    hint: 'Send at most six words.',
  },
})
