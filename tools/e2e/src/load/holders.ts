import pg from 'pg'

/** Who of the booking workers holds what, as the database has it. */
export interface Holders {
  /** Workers that live, by the pod's name; those without a partition, too. */
  alive: () => Promise<string[]>
  /** Workers that hold partitions under a lease in force. */
  holding: () => Promise<string[]>
  close: () => Promise<void>
}

/** A worker calls itself by its pod, and eight characters for this start of it. */
const podOf = (owner: string) => owner.replace(/-[0-9a-f]{8}$/, '')

export async function openHolders(databaseUrl: string): Promise<Holders> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'e2e' })
  pool.on('error', () => undefined)
  const ownersOf = async (statement: string) => {
    const { rows } = await pool.query<{ owner: string }>(statement)
    return rows.map(({ owner }) => podOf(owner))
  }
  return {
    alive: async () => ownersOf('SELECT owner FROM booking_worker WHERE expires_at >= now()'),
    holding: async () =>
      ownersOf('SELECT DISTINCT owner FROM partition_lease WHERE owner IS NOT NULL AND expires_at >= now()'),
    close: async () => pool.end(),
  }
}
