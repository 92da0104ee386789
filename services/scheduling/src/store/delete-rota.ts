import type pg from 'pg'

export async function deleteRota(client: pg.ClientBase, id: string): Promise<void> {
  await client.query({ name: 'delete-rota', text: 'DELETE FROM rotas WHERE id = $1', values: [id] })
}
