import type pg from 'pg'

/** Deletes it with its busy times; false when it is gone already. */
export async function deleteSubscription(client: pg.ClientBase, id: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'delete-calendar-subscription',
    text: 'DELETE FROM calendar_subscriptions WHERE id = $1',
    values: [id],
  })
  return rowCount === 1
}
