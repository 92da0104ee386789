import type pg from 'pg'

/** Takes back what a bulk change said of a doctor, except what somebody has edited since. */
export async function deleteChangeExceptions(
  client: pg.ClientBase,
  changeId: string,
  doctorId: string,
): Promise<void> {
  await client.query({
    name: 'delete-change-exceptions',
    text: 'DELETE FROM rota_exceptions WHERE change_id = $1 AND doctor_id = $2',
    values: [changeId, doctorId],
  })
}
