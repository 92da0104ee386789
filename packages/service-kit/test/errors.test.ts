import test from 'ava'

import { CommonErrors, defineErrors, isCatalogue, ProblemError } from '../src/index.ts'

const entry = { status: 409, title: 'The slot is taken.', hint: 'Choose another.' }

const refuses = test.macro((t, prefix: string, definitions: Parameters<typeof defineErrors>[1]) => {
  t.throws(() => defineErrors(prefix, definitions), { instanceOf: TypeError })
})

test('gives each entry its key as code and a type made of it', (t) => {
  const catalogue = defineErrors('BOOKING', { BOOKING_SLOT_TAKEN: entry })

  t.deepEqual(catalogue.BOOKING_SLOT_TAKEN, {
    ...entry,
    code: 'BOOKING_SLOT_TAKEN',
    type: 'https://medqueue.dev/problems/booking-slot-taken',
  })
})

test('refuses a code of another package', refuses, 'BOOKING', { DIRECTORY_TAKEN: entry })
test('refuses a code that only begins like the prefix', refuses, 'BOOKING', { BOOKINGS_TAKEN: entry })
test('refuses a code in lower case', refuses, 'BOOKING', { BOOKING_taken: entry })
test('refuses a status that is no error', refuses, 'BOOKING', { BOOKING_DONE: { ...entry, status: 201 } })

test('tells catalogues from other exports', (t) => {
  t.true(isCatalogue(CommonErrors))
  t.false(isCatalogue({ ...CommonErrors }))
  t.false(isCatalogue(ProblemError))
  t.false(isCatalogue(null))
})

test('cannot be changed after its definition', (t) => {
  t.throws(() => Object.assign(CommonErrors, { NEW: entry }), { instanceOf: TypeError })
  t.throws(() => Object.assign(CommonErrors.NOT_FOUND, { status: 200 }), { instanceOf: TypeError })
})

test('a problem carries the code, the status and the cause', (t) => {
  const cause = new Error('constraint')
  const error = new ProblemError(CommonErrors.NOT_FOUND, { detail: 'No such doctor.', cause })

  t.like(error, { code: 'NOT_FOUND', statusCode: 404, detail: 'No such doctor.' })
  t.is(error.cause, cause)
  t.true(error instanceof Error)
})
