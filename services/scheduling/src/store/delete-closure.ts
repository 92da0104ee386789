import type pg from 'pg'

export async function deleteClosure(client: pg.ClientBase, id: string): Promise<void> {
  await client.query({ name: 'delete-closure', text: 'DELETE FROM closures WHERE id = $1', values: [id] })
}
