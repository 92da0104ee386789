import { outliveErrors } from '@medqueue/database'
import pg from 'pg'

/** Runs the work on a superuser's connection of its own. */
export async function withAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = outliveErrors(new pg.Client({ connectionString: url, application_name: 'testing' }))
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}
