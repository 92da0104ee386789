import type pg from 'pg'

export async function deleteCalendar(client: pg.ClientBase, clinicId: string): Promise<void> {
  await client.query({
    name: 'delete-calendar',
    text: 'DELETE FROM holiday_calendars WHERE clinic_id = $1',
    values: [clinicId],
  })
}
