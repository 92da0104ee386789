import type pg from 'pg'

export interface Advance {
  partition: number
  epoch: string
  /** New committed sequence. */
  seq: number
}

/**
 * The fence: moves the committed sequences of a batch, each only while its epoch still holds and only forward.
 * False when any does not: the batch is void and must be rolled back.
 */
export async function advanceLeases(client: pg.ClientBase, advances: readonly Advance[]): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'advance-leases',
    text: `
      UPDATE partition_lease l SET committed_seq = v.seq
      FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS v (partition, epoch, seq)
      WHERE l.partition = v.partition AND l.epoch = v.epoch AND l.committed_seq < v.seq`,
    values: [
      advances.map(({ partition }) => partition),
      advances.map(({ epoch }) => epoch),
      advances.map(({ seq }) => seq),
    ],
  })
  return rowCount === advances.length
}
