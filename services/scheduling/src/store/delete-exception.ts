import type pg from 'pg'

export async function deleteException(client: pg.ClientBase, id: string): Promise<void> {
  await client.query({
    name: 'delete-exception',
    text: 'DELETE FROM rota_exceptions WHERE id = $1',
    values: [id],
  })
}
