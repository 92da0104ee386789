import { outliveErrors } from '@medqueue/database'
import pg from 'pg'

import { compareWithLog } from './store/compare-with-log.ts'

/**
 * Makes the record of a booking database again from its log and compares the two byte for byte. `DATABASE_URL` names
 * the database; nothing is changed in it. Exit code 1: they differ.
 */
const { DATABASE_URL } = process.env
if (DATABASE_URL === undefined) {
  process.stderr.write('verify-events: set DATABASE_URL to the booking database\n')
  process.exit(2)
}
const client = outliveErrors(
  new pg.Client({ connectionString: DATABASE_URL, application_name: 'verify-events' }),
)
await client.connect()
try {
  const { appointments, changes, different, gaps, record, rebuilt } = await compareWithLog(client)
  const equal = record === rebuilt && different === 0 && gaps === 0
  process.stdout.write(
    `verify-events: appointments=${appointments} changes=${changes} different=${different} gaps=${gaps} equal=${equal}\n`,
  )
  process.exitCode = equal ? 0 : 1
} finally {
  await client.end()
}
